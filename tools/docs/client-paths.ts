import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { createOpenApiDocument, routes } from '../../packages/api/src/description.js';

/** What is used of openapi-typescript, which only packages/api can resolve. */
interface Generator {
  default(document: object, options: object): Promise<readonly unknown[]>;
  astToString(nodes: readonly unknown[]): string;
}

/** The TypeScript types of every operation, as openapi-typescript makes them from our own document. */
export async function renderClientPaths(): Promise<string> {
  // A development dependency of packages/api, which alone gives it a compiler of its own.
  const resolved = createRequire(new URL('../../packages/api/package.json', import.meta.url)).resolve(
    'openapi-typescript',
  );
  const { default: generate, astToString } = (await import(
    pathToFileURL(resolved.replace(/index\.cjs$/, 'index.mjs')).href
  )) as Generator;
  const document = createOpenApiDocument(routes);
  const nodes = await generate(JSON.parse(JSON.stringify(document)), {
    alphabetize: true,
    emptyObjectsUnknown: true,
  });
  return `/** Made by pnpm docs:api from the OpenAPI document; never edited. */\n\n${astToString(nodes)}`;
}
