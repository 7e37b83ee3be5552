import type { JsonSchema } from '../../src/json-schemas.js';
import { openApi } from './contract.js';

/** Follows a reference into the document's components. */
export function resolved(schema: JsonSchema): JsonSchema {
  const name = /^#\/components\/schemas\/(\w+)$/.exec(String(schema.$ref ?? ''))?.[1];
  return name === undefined ? schema : (openApi().components.schemas[name] as JsonSchema);
}

const FORMATS: Record<string, () => string> = {
  uuid: () => crypto.randomUUID(),
  'date-time': () => '2030-01-02T03:04:05.000Z',
  date: () => '2001-02-03',
  email: () => `sample-${crypto.randomUUID()}@example.com`,
  uri: () => 'https://example.com/',
};
/** Texts for the patterns that our schemas have; a pattern without one fails the test that meets it. */
const SAMPLES = ['DE', 'EUR', 'spotify:1', 'sample', 'sample-name', '0', 'a.b', '1A', 'A1'];

/** A smallest value that a schema allows; objects have what they must have, or one field where nothing is a must. */
export function sampleOf(given: JsonSchema): unknown {
  const schema = resolved(given);
  const {
    type,
    format,
    pattern,
    minLength = 0,
    properties = {},
    required = [],
  } = schema as {
    type?: string | string[];
    format?: string;
    pattern?: string;
    minLength?: number;
    properties?: Record<string, JsonSchema>;
    required?: string[];
  };
  if ('const' in schema) return schema.const;
  if (Array.isArray(schema.enum)) return schema.enum[0];
  const union = (schema.anyOf ?? schema.oneOf) as JsonSchema[] | undefined;
  if (union) return sampleOf(union[0] as JsonSchema);
  switch (Array.isArray(type) ? type[0] : type) {
    case 'object': {
      const names = required.length > 0 ? required : Object.keys(properties).slice(0, 1);
      return Object.fromEntries(names.map((name) => [name, sampleOf(properties[name] as JsonSchema)]));
    }
    case 'array':
      return Array.from({ length: Math.max(Number(schema.minItems ?? 0), 0) }, () =>
        sampleOf(schema.items as JsonSchema),
      );
    case 'integer':
    case 'number':
      return Math.max(Number(schema.minimum ?? 0), 0);
    case 'boolean':
      return false;
    case 'null':
      return null;
    case 'string': {
      if (format && FORMATS[format]) return FORMATS[format]?.();
      if (pattern === undefined)
        return 'sample text'.padEnd(minLength, 'x').slice(0, Math.max(minLength, 11));
      const found = SAMPLES.find((text) => new RegExp(pattern, 'u').test(text));
      if (found === undefined) throw new Error(`no sample for the pattern ${pattern}`);
      return found;
    }
    default:
      return {};
  }
}
