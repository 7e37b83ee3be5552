import { z } from 'zod';
import { schemaNames } from './fields.js';

/** JSON Schema (2020-12), as OpenAPI 3.1 takes it. */
export type JsonSchema = { [key: string]: unknown };

/** Formats that say more than the pattern zod writes beside them. */
const FORMATS = new Set(['date-time', 'date', 'uuid', 'email', 'uri']);

/**
 * Makes JSON Schemas of what requests hold (`input`: what has a default may be left out) and of what answers hold
 * (`output`). Schemas with a name become references to `components`, where they are put once.
 */
export function createSchemas(components: Record<string, JsonSchema>) {
  function convert(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const { $schema: _, ...json } = z.toJSONSchema(schema, {
      io,
      unrepresentable: 'any',
      override({ zodSchema, jsonSchema }) {
        if (FORMATS.has(jsonSchema.format ?? '')) delete jsonSchema.pattern;
        const part = zodSchema as unknown as z.ZodType;
        const name = schemaNames.get(part)?.name;
        if (name === undefined || part === schema) return;
        ensure(name, part);
        for (const key of Object.keys(jsonSchema)) delete (jsonSchema as JsonSchema)[key];
        jsonSchema.$ref = `#/components/schemas/${name}`;
      },
    }) as JsonSchema;
    return json;
  }
  function ensure(name: string, schema: z.ZodType): void {
    if (name in components) return;
    components[name] = {};
    components[name] = convert(schema, 'output');
  }
  return {
    input: (schema: z.ZodType) => convert(schema, 'input'),
    output(schema: z.ZodType): JsonSchema {
      const name = schemaNames.get(schema)?.name;
      if (name === undefined) return convert(schema, 'output');
      ensure(name, schema);
      return { $ref: `#/components/schemas/${name}` };
    },
  };
}
