import { z } from 'zod';

/** What PostgreSQL can store: no NUL; and what survives UTF-8: no half of a surrogate pair. */
const isStorable = (text: string): boolean => !text.includes('\0') && !/\p{Surrogate}/u.test(text);
const UNSTORABLE = 'holds a NUL character or half of a surrogate pair';

/** Text of `min` to `max` UTF-16 units that can be stored. */
export const text = (max: number, min = 1) => z.string().min(min).max(max).refine(isStorable, UNSTORABLE);

/** An id in the one way PostgreSQL writes it, so that ids compare as text: in small letters. */
export const uuid = z.uuid().toLowerCase();

/** A moment, as answers carry it. */
export const moment = z.iso.datetime();

/** A moment, as bodies and queries carry it: from 1970 on. */
export const when = z.iso
  .datetime()
  .refine((value) => Date.parse(value) >= 0, 'is before 1970')
  .transform((value) => new Date(value));

/** `true` or `false` in a query. */
export const flag = z.enum(['true', 'false']).transform((value) => value === 'true');

/** Amounts of money in the currency's minor unit. */
export const amount = z.int().min(1);

/** Path parameters of routes about one thing. */
export const idParams = z.strictObject({ id: uuid });

const MAX_JSON_BYTES = 16_384;
const MAX_JSON_DEPTH = 16;

/** Whether a parsed JSON value can be stored as jsonb as it is: depth, text, and keys that JavaScript keeps. */
function isStorableJson(value: unknown, depth = 0): boolean {
  if (typeof value === 'string') return isStorable(value);
  if (typeof value !== 'object' || value === null) return true;
  if (depth >= MAX_JSON_DEPTH) return false;
  if (Array.isArray(value)) return value.every((item) => isStorableJson(item, depth + 1));
  return Object.entries(value).every(
    ([key, item]) => key !== '__proto__' && isStorable(key) && isStorableJson(item, depth + 1),
  );
}

/** A free object of at most 16 KiB and 16 levels. */
export const jsonObject = z
  .custom<Record<string, z.core.util.JSONType>>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    'is not an object',
  )
  // First of all: JSON.stringify overflows the stack where somebody nests a hundred thousand levels.
  .refine((value) => isStorableJson(value), {
    error: `is deeper than ${MAX_JSON_DEPTH} levels or ${UNSTORABLE}`,
    abort: true,
  })
  .refine(
    (value) => Buffer.byteLength(JSON.stringify(value)) <= MAX_JSON_BYTES,
    `is larger than ${MAX_JSON_BYTES} bytes`,
  )
  .meta({ type: 'object' });

/** A free object in an answer. */
export const jsonAnswer = z.record(z.string(), z.unknown());

/** Names of schemas in the OpenAPI document. */
export const schemaNames = z.registry<{ name: string }>();

/** Gives a schema a name in the OpenAPI document, under which other schemas refer to it. */
export function nameSchema<T extends z.ZodType>(name: string, schema: T): T {
  schemaNames.add(schema, { name });
  return schema;
}

/** `?q=` of lists: two characters at least, which is what the trigram indexes can use. */
export const searchText = text(100, 2);

/** `limit` and `cursor` of every list. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(100).default(25),
  cursor: text(1_000).optional(),
};

/** The answer of every list. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.strictObject({ data: z.array(item), nextCursor: z.string().nullable() });

/** Every field may be left out, but not be sent as undefined: what is absent stays as it is. */
export function leaveOut<T extends Record<string, z.ZodType>>(
  shape: T,
): { [K in keyof T]: z.ZodExactOptional<T[K]> } {
  const entries = Object.entries(shape).map(([name, field]) => [name, z.exactOptional(field)]);
  return Object.fromEntries(entries) as { [K in keyof T]: z.ZodExactOptional<T[K]> };
}
