import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import type { Express } from 'express';
import { createOpenApiDocument } from './openapi.js';
import type { Route } from './route.js';

/** Files of Swagger UI that the page needs; nothing else of the package is served, and nothing comes from elsewhere. */
const ASSETS = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'] as const;

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Plinth API</title>
<link rel="icon" href="/docs/favicon-32x32.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;

const START = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#swagger-ui', deepLinking: true, validatorUrl: null });\n`;

/** The API's policy, and pictures that Swagger's style sheet holds as data. */
const POLICY =
  "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'";

/** Serves /openapi.json and, from disk, the page that shows it at /docs. */
export function mountDocs(app: Express, routes: readonly Route[]): void {
  const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  let document: string | undefined;
  app.get('/openapi.json', (_request, response) => {
    document ??= JSON.stringify(createOpenApiDocument(routes));
    response.setHeader('Cache-Control', 'no-cache');
    response.type('application/json').send(document);
  });
  app.get('/docs', (_request, response) => {
    response.setHeader('Content-Security-Policy', POLICY);
    response.type('html').send(PAGE);
  });
  app.get('/docs/start.js', (_request, response) => {
    response.type('text/javascript').send(START);
  });
  for (const file of ASSETS) {
    app.get(`/docs/${file}`, (_request, response, next) => {
      response.sendFile(file, { root: folder, maxAge: '1h' }, (error) => error && next(error));
    });
  }
}
