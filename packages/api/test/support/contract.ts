import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { createOpenApiDocument, type OpenApiDocument, type Operation } from '../../src/openapi.js';
import { routes } from '../../src/routes.js';

/** What of an answer the contract is about. */
export interface SeenAnswer {
  status: number;
  headers: Headers;
  text: string;
}

let cached: ReturnType<typeof prepare> | undefined;

function contract() {
  cached ??= prepare();
  return cached;
}

function prepare() {
  const document = createOpenApiDocument(routes);
  const ajv = new Ajv2020({ strict: false, allErrors: false });
  (formats as unknown as (ajv: Ajv2020) => void)(ajv);
  ajv.addSchema({ ...document, $id: 'openapi' });
  // A literal goes before a parameter, as in match-route.ts.
  const parameters = (path: string) => path.split('{').length;
  const paths = Object.entries(document.paths)
    .sort(([a], [b]) => parameters(a) - parameters(b))
    .map(([path, item]) => ({
      path,
      item,
      pattern: new RegExp(`^${path.replace(/[.]/g, '\\.').replace(/\{\w+\}/g, '[^/]+')}/?$`),
    }));
  const validators = new Map<string, ValidateFunction>();
  const validator = (pointer: string): ValidateFunction => {
    const known = validators.get(pointer) ?? ajv.compile({ $ref: `openapi#${pointer}` });
    validators.set(pointer, known);
    return known;
  };
  return { document, paths, validator };
}

/** The API's OpenAPI document. */
export const openApi = (): OpenApiDocument => contract().document;

const escaped = (part: string) => part.replaceAll('~', '~0').replaceAll('/', '~1');
const PROBLEM = '/components/schemas/Problem';

/** Throws when an answer is not what the document says of this operation. Answers at paths it does not have may only be problems. */
export function checkContract(method: string, url: string, answer: SeenAnswer): void {
  const { paths, validator } = contract();
  const { pathname } = new URL(url, 'http://test');
  const found = paths.find(({ pattern }) => pattern.test(pathname));
  const { status, text } = answer;
  const media = (answer.headers.get('content-type') ?? '').split(';')[0] ?? '';
  const fail = (what: string) => {
    throw new Error(`${method} ${pathname} answered ${status}: ${what}: ${text.slice(0, 500)}`);
  };
  const check = (pointer: string) => {
    const validate = validator(pointer);
    if (!validate(JSON.parse(text))) {
      const [error] = validate.errors ?? [];
      fail(
        `the document forbids it at ${error?.instancePath || '/'}: ${error?.message} ${JSON.stringify(error?.params)}`,
      );
    }
  };

  if (media === 'application/problem+json' && method !== 'HEAD') {
    check(PROBLEM);
    if (JSON.parse(text).status !== status) fail('the problem tells another status');
  }
  const operation: Operation | undefined = found?.item[method.toLowerCase()];
  if (found === undefined || operation === undefined) return;
  const documented = operation.responses[status] as
    | { content?: Record<string, unknown>; $ref?: string }
    | undefined;
  if (documented === undefined) {
    if (status !== 429 && status < 500) fail('the document does not have this status');
    if (media !== 'application/problem+json') fail(`in ${media}, not a problem`);
    return;
  }
  if (documented.$ref) {
    if (media !== 'application/problem+json') fail(`in ${media}, not a problem`);
    return;
  }
  const content = documented.content ?? {};
  if (Object.keys(content).length === 0) {
    if (text !== '') fail('the document has no body here');
    return;
  }
  if (!(media in content)) fail(`in ${media}, not ${Object.keys(content).join(', ')}`);
  if (media !== 'application/json') return;
  check(
    `/paths/${escaped(found.path)}/${method.toLowerCase()}/responses/${status}/content/application~1json/schema`,
  );
}

/** An operation with where it is found. */
export interface Named {
  method: string;
  path: string;
  operation: Operation;
}

/** Every operation of the document. */
export const operations = (): Named[] =>
  Object.entries(openApi().paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
