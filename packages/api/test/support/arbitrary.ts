import fc from 'fast-check';
import type { JsonSchema } from '../../src/json-schemas.js';
import type { Operation } from '../../src/openapi.js';
import { resolved, sampleOf } from './sample.js';

/** Texts that break things: SQL, NUL, halves of surrogates, prototypes, templates, paths, other directions. */
export const HOSTILE_TEXTS = [
  "' or 1=1 --",
  "'; drop table users; --",
  "' || pg_sleep(5) --",
  '1; select pg_sleep(5)',
  '$1',
  '%',
  '_',
  '\\',
  '\0',
  '\ud800',
  '\u202etxt',
  '__proto__',
  'constructor',
  '{{7*7}}',
  '../../etc/passwd',
  '<script>alert(1)</script>',
  'Infinity',
  'NaN',
  '1e309',
  '-0',
  '9'.repeat(400),
  'x'.repeat(5_000),
  '',
  ' ',
  '\ufeff',
  'null',
] as const;

const hostile: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(...HOSTILE_TEXTS),
  fc.constantFrom<unknown>(
    null,
    true,
    -1,
    0,
    1e308,
    Number.MAX_SAFE_INTEGER,
    0.1,
    [],
    {},
    { $gt: '' },
    { not: '' },
    [[]],
  ),
  fc.json().map((text) => JSON.parse(text) as unknown),
);

/** Values of a schema, valid ones more often than not. `ids` are rows that exist. */
function arbitraryOf(given: JsonSchema, ids: readonly string[]): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 6, arbitrary: validOf(given, ids) }, { weight: 1, arbitrary: hostile });
}

function validOf(given: JsonSchema, ids: readonly string[]): fc.Arbitrary<unknown> {
  const schema = resolved(given);
  const union = (schema.anyOf ?? schema.oneOf) as JsonSchema[] | undefined;
  if (union) return fc.oneof(...union.map((one) => validOf(one, ids)));
  if (Array.isArray(schema.enum)) return fc.constantFrom(...(schema.enum as unknown[]));
  const { minLength = 0, maxLength = 200, minimum, maximum } = schema as Record<string, number | undefined>;
  switch (schema.type) {
    case 'string': {
      if (schema.format === 'uuid') {
        return ids.length > 0
          ? fc.oneof(fc.constantFrom(...ids), fc.uuid({ version: 7 }))
          : fc.uuid({ version: 7 });
      }
      if (schema.format === 'date-time') {
        const within = { min: new Date('1969-12-31'), max: new Date('9999-12-31'), noInvalidDate: true };
        return fc.date(within).map((date) => date.toISOString());
      }
      if (schema.format || schema.pattern) return fc.constant(0).map(() => sampleOf(schema));
      return fc.string({ minLength, maxLength: Math.min(maxLength, 300), unit: 'binary' });
    }
    case 'integer':
      return fc.integer({
        min: Math.max(minimum ?? -2_147_483_648, -(2 ** 40)),
        max: Math.min(maximum ?? 2_147_483_647, 2 ** 40),
      });
    case 'number':
      return fc.double({ min: minimum ?? -1e6, max: maximum ?? 1e6, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(arbitraryOf((schema.items ?? {}) as JsonSchema, ids), { maxLength: 5 });
    case 'object': {
      const { properties = {}, required = [] } = schema as {
        properties?: Record<string, JsonSchema>;
        required?: string[];
      };
      const fields = Object.fromEntries(
        Object.entries(properties).map(([name, property]) => [name, arbitraryOf(property, ids)]),
      );
      return fc.record(fields, { requiredKeys: required });
    }
    default:
      return fc.json().map((text) => JSON.parse(text) as unknown);
  }
}

/** A request as a fuzzer makes it. */
export interface FuzzRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: unknown;
}

const asText = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
/** Percent-encodes whatever can be; halves of surrogates become what clients send in their place. */
const encoded = (value: unknown): string => encodeURIComponent(Buffer.from(asText(value)).toString());
/** What may stand in a header. */
const printable = (value: unknown): string =>
  asText(value)
    .replace(/[^\x20-\x7e]/g, '')
    .slice(0, 300);

/** Requests of an operation: its parameters and its body, mostly valid, sometimes anything. */
export function requestsOf(
  method: string,
  template: string,
  operation: Operation,
  ids: readonly string[],
): fc.Arbitrary<FuzzRequest> {
  const values = operation.parameters.map(({ schema, required, name }) =>
    fc.option(name === 'If-Match' ? fc.constantFrom<unknown>('*', '"1"', 'x') : arbitraryOf(schema, ids), {
      freq: required ? 20 : 2,
      nil: undefined,
    }),
  );
  const schema = operation.requestBody?.content['application/json']?.schema;
  return fc
    .record({ values: fc.tuple(...values), body: schema ? arbitraryOf(schema, ids) : fc.constant(undefined) })
    .map(({ values: given, body }) => {
      let path = template;
      const query: string[] = [];
      const headers: Record<string, string> = {};
      for (const [index, { name, in: where }] of operation.parameters.entries()) {
        const value = given[index];
        if (where === 'path') path = path.replace(`{${name}}`, encoded(value ?? 'x') || '%20');
        else if (value === undefined) continue;
        else if (where === 'query') query.push(`${name}=${encoded(value)}`);
        else headers[name.toLowerCase()] = printable(value);
      }
      return { method, path: query.length > 0 ? `${path}?${query.join('&')}` : path, headers, body };
    });
}
