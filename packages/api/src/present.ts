import { emptyOf, Prisma } from '@plinth/db';
import type { z } from 'zod';

type Convert = (value: unknown) => unknown;

/** bigint and numeric columns become JSON numbers (fields bound them to what JavaScript counts exactly). */
const toNumber: Convert = (value) =>
  typeof value === 'bigint' || Prisma.Decimal.isDecimal(value) ? Number(value) : value;
const toDay: Convert = (value) => (value instanceof Date ? value.toISOString().slice(0, 10) : value);

/** What becomes of a column's value in an answer, going by the field's schema; undefined where JSON.stringify is enough. */
function conversionOf(schema: z.ZodType): Convert | undefined {
  const { def } = schema as { def: { type: string; innerType?: z.ZodType; format?: string } };
  if (def.innerType) return conversionOf(def.innerType);
  if (def.format === 'date') return toDay;
  return def.type === 'number' ? toNumber : undefined;
}

/** Makes the function that turns a row into its answer: the fields of `shape` and no others. */
export function createPresenter(shape: Readonly<Record<string, z.ZodType>>): (row: object) => object {
  const fields = Object.entries(shape).map(([name, schema]) => [name, conversionOf(schema)] as const);
  const empty = emptyOf(Object.keys(shape));
  return (row) => {
    const answer = { ...empty };
    for (const [name, convert] of fields) {
      const value = (row as Record<string, unknown>)[name];
      answer[name] = convert ? convert(value) : value;
    }
    return answer;
  };
}
