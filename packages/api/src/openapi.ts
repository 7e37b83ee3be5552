import { z } from 'zod';
import { ownScope } from './auth/scopes.js';
import { CATALOGUE } from './errors.js';
import { schemaNames } from './fields.js';
import { createSchemas, type JsonSchema } from './json-schemas.js';
import type { RouteFacts } from './route.js';

/** One parameter of an operation. */
export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required: boolean;
  schema: JsonSchema;
  description?: string;
}

/** One method of one path. */
export interface Operation {
  operationId: string;
  summary: string;
  description: string;
  tags: string[];
  security: Record<string, string[]>[];
  parameters: Parameter[];
  requestBody?: { required: boolean; content: Record<string, { schema: JsonSchema }> };
  responses: Record<string, JsonSchema>;
}

/** The parts of an OpenAPI 3.1 document that ours has. */
export interface OpenApiDocument {
  openapi: '3.1.0';
  info: JsonSchema;
  servers: JsonSchema[];
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: {
    schemas: Record<string, JsonSchema>;
    responses: Record<string, JsonSchema>;
    securitySchemes: Record<string, JsonSchema>;
  };
}

const problem = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string(),
    code: z.enum(Object.keys(CATALOGUE) as [string, ...string[]]),
    requestId: z.string(),
    errors: z
      .array(
        z.strictObject({
          in: z.enum(['body', 'query', 'path', 'header']),
          pointer: z.string(),
          code: z.string(),
          message: z.string(),
        }),
      )
      .optional(),
  })
  .register(schemaNames, { name: 'Problem' });

/** `/v1/artists/:id` as OpenAPI writes it: `/v1/artists/{id}`. */
export const openApiPath = (path: string): string => path.replace(/:(\w+)/g, '{$1}');

/** `GET /v1/me/blocks/:id` becomes `getMeBlocksById`. */
function operationId({ method, path }: RouteFacts): string {
  const words = path
    .replace(/^\/v1/, '')
    .split('/')
    .filter(Boolean)
    .flatMap((part) => (part.startsWith(':') ? ['by', part.slice(1)] : part.split(/\W+/)));
  return method.toLowerCase() + words.map((word) => word[0]?.toUpperCase() + word.slice(1)).join('');
}

/** The topic: `artists`, or for what is one's own, `me/blocks`. */
function tagOf(path: string): string {
  const [first = 'index', second] = path
    .replace(/^\/(v1\/)?/, '')
    .split('/')
    .filter((part) => !part.startsWith(':'));
  return first === 'me' && second ? `me/${second}` : first || 'index';
}

function parametersOf(
  schema: z.ZodType,
  where: 'path' | 'query',
  toJson: (schema: z.ZodType) => JsonSchema,
): Parameter[] {
  const { properties = {}, required = [] } = toJson(schema) as {
    properties?: Record<string, JsonSchema>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: where,
    required: where === 'path' || (required.includes(name) && property.default === undefined),
    schema: property,
  }));
}

function headersOf(route: RouteFacts): Parameter[] {
  const header = (name: string, required: boolean, description: string): Parameter => ({
    name,
    in: 'header',
    required,
    schema: { type: 'string' },
    description,
  });
  return [
    ...(route.ifMatch ? [header('If-Match', true, 'The ETag of the version that was read, or *.')] : []),
    ...(route.versioned && route.method === 'GET'
      ? [header('If-None-Match', false, 'The ETag of a version at hand: answers 304 while it is current.')]
      : []),
    ...(route.idempotent
      ? [
          header(
            'Idempotency-Key',
            false,
            'The same key with the same request answers the same, for 24 hours.',
          ),
        ]
      : []),
  ];
}

function securityOf({ access }: RouteFacts): Record<string, string[]>[] {
  if (access.kind === 'public') return [];
  const inPerson = access.kind === 'signed_in' && access.inPerson;
  if (inPerson) return [{ bearer: [] }];
  const operators = access.kind === 'permissions' && access.operators;
  return [{ bearer: [] }, { apiKey: [] }, ...(operators ? [{ operator: [] }] : [])];
}

/** A header of an answer that may be there. */
const told = (description: string): JsonSchema => ({ description, schema: { type: 'string' } });

/** Which failures a route can answer with, by what it takes. The rest (429, 5xx) is `default`. */
function failuresOf(route: RouteFacts): number[] {
  return [
    400,
    // Public routes that take a body take credentials: passwords, tokens.
    ...(route.access.kind !== 'public' || route.body ? [401, 403] : []),
    404,
    ...(route.method === 'GET' ? [] : [409, 422]),
    ...(route.ifMatch ? [412, 428] : []),
    ...(route.body ? [413, 415] : []),
    ...route.failures,
  ];
}

function responsesOf(
  route: RouteFacts,
  output: (schema: z.ZodType) => JsonSchema,
): Record<string, JsonSchema> {
  const { status, response, media } = route;
  const content = media
    ? { [media]: { schema: { type: 'string' } } }
    : response && { 'application/json': { schema: output(response) } };
  const headers = {
    ...(route.versioned ? { ETag: { schema: { type: 'string' } } } : {}),
    ...(status === 201 ? { Location: { schema: { type: 'string' } } } : {}),
    ...(route.idempotent ? { 'Idempotent-Replayed': { schema: { type: 'string' } } } : {}),
  };
  const success: JsonSchema = {
    description: status === 204 ? 'Done.' : status === 201 ? 'Created.' : 'As asked for.',
    ...(Object.keys(headers).length > 0 ? { headers } : {}),
    ...(content ? { content } : {}),
  };
  return {
    [status]: success,
    ...(route.versioned && route.method === 'GET' ? { 304: { description: 'Unchanged.' } } : {}),
    ...Object.fromEntries(
      failuresOf(route).map((code) => [code, { $ref: '#/components/responses/Problem' }]),
    ),
    default: { $ref: '#/components/responses/Problem' },
  };
}

function describe({ access, method }: RouteFacts): string {
  switch (access.kind) {
    case 'public':
      return 'For everybody.';
    case 'signed_in':
      return access.inPerson
        ? 'For everybody who is signed in; not for API keys.'
        : `For everybody who is signed in; an API key needs ${ownScope(method)}.`;
    case 'permissions':
      return `Needs ${access.all.join(', ')}${access.operators ? ", or the operators' token" : ''}.`;
  }
}

/** The OpenAPI 3.1 document of the routes, from the very schemas that validate what they take and answer. */
export function createOpenApiDocument(routes: readonly RouteFacts[]): OpenApiDocument {
  const components: Record<string, JsonSchema> = {};
  const { input, output } = createSchemas(components);
  output(problem);
  const paths: OpenApiDocument['paths'] = {};
  for (const route of routes) {
    const path = openApiPath(route.path);
    const item = paths[path] ?? {};
    paths[path] = item;
    item[route.method.toLowerCase()] = {
      operationId: operationId(route),
      summary: route.summary,
      description: describe(route),
      tags: [tagOf(route.path)],
      security: securityOf(route),
      parameters: [
        ...parametersOf(route.params, 'path', input),
        ...parametersOf(route.query, 'query', input),
        ...headersOf(route),
      ],
      ...(route.body
        ? {
            requestBody: {
              required: !route.body.safeParse(undefined).success,
              content: {
                'application/json': { schema: input(route.body) },
                ...(route.parseCsv ? { 'text/csv': { schema: { type: 'string' } } } : {}),
              },
            },
          }
        : {}),
      responses: responsesOf(route, output),
    };
  }
  const tags = [...new Set(routes.map(({ path }) => tagOf(path)))].sort();
  return {
    openapi: '3.1.0',
    info: {
      title: 'Plinth',
      version: '1.0.0',
      description: 'Errors are application/problem+json. Lists are `{ data, nextCursor }`, paged by cursor.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    tags: tags.map((name) => ({ name, description: `Everything below ${name}.` })),
    paths,
    components: {
      schemas: Object.fromEntries(Object.entries(components).sort(([a], [b]) => (a < b ? -1 : 1))),
      responses: {
        Problem: {
          description: 'What went wrong.',
          headers: {
            'X-Request-Id': told('Names this request in logs; the one that was sent, if it was fit.'),
            'Retry-After': told('With 429 and 503: after how many seconds to try again.'),
            RateLimit: told(
              'Where a limit stands that this request counts against, such as "sign-in-account";r=3;t=600.',
            ),
            'RateLimit-Policy': told('The limit itself: q tries in w seconds.'),
          },
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
      securitySchemes: {
        ...(routes.some(({ access }) => access.kind === 'permissions' && access.operators)
          ? { operator: { type: 'http', scheme: 'bearer', description: 'OPS_TOKEN' } }
          : {}),
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
      },
    },
  };
}
