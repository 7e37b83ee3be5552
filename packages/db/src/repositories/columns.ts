import { DatabaseError } from '../errors.js';
import { Prisma } from '../generated/prisma/client.js';
import { quoteIdentifier } from '../sql.js';
import type { ModelName } from './model-types.js';

/** A column's name: the schema maps every camelCase field to snake_case (a test compares both with the catalog). */
export function columnOf(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The columns of a model in the schema's order. */
export function fieldsOf(model: ModelName): readonly string[] {
  const fields = (Prisma as unknown as Record<string, Record<string, string> | undefined>)[
    `${model}ScalarFieldEnum`
  ];
  if (fields === undefined)
    throw new DatabaseError('internal', { fix: `${model} is not a model of the Prisma schema` });
  return Object.keys(fields);
}

/** `legal_name as "legalName", ...`: rows come with the model's own names, so nothing has to be mapped. */
export function selectList(fields: readonly string[], alias = ''): string {
  return fields
    .map((field) => {
      const column = `${alias}${quoteIdentifier(columnOf(field))}`;
      return columnOf(field) === field ? column : `${column} as "${field}"`;
    })
    .join(', ');
}

/** The form in which a value travels; `json` fields as JSON text. */
export function toParameter(value: unknown, json: boolean): unknown {
  if (value === null || value === undefined) return null;
  if (json) return JSON.stringify(value);
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'bigint') return value.toString();
  if (Prisma.Decimal.isDecimal(value)) return value.toString();
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (Array.isArray(value)) return value.map((element) => toParameter(element, false));
  return value;
}

/** A value inside a JSON document that json_populate_recordset turns into a row. */
export function toJsonValue(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Uint8Array)
    return `\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}`;
  return value ?? null;
}
