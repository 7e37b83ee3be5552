import pg from 'pg';
import { Prisma } from './generated/prisma/client.js';

/** `2026-01-31 12:34:56.789+00`, as a session in UTC writes it; anything else goes through Date's own parser. */
function parseTimestamp(text: string): Date {
  const { length } = text;
  if (
    length < 22 ||
    text.charCodeAt(length - 3) !== 43 ||
    text.charCodeAt(length - 2) !== 48 ||
    text.charCodeAt(length - 1) !== 48
  ) {
    return parseUnusual(text);
  }
  // Date.UTC takes the years 0 to 99 for those of the twentieth century.
  if (text.charCodeAt(4) !== 45 || (text.charCodeAt(0) === 48 && text.charCodeAt(1) === 48))
    return parseUnusual(text);
  let ms = 0;
  // Milliseconds end with the third digit; PostgreSQL leaves trailing zeros away.
  if (length > 22) {
    ms = digit(text, 20) * 100;
    if (length > 24) ms += digit(text, 21) * 10;
    if (length > 25) ms += digit(text, 22);
  }
  return new Date(
    Date.UTC(
      pair(text, 0) * 100 + pair(text, 2),
      pair(text, 5) - 1,
      pair(text, 8),
      pair(text, 11),
      pair(text, 14),
      pair(text, 17),
      ms,
    ),
  );
}

const digit = (text: string, at: number) => text.charCodeAt(at) - 48;
const pair = (text: string, at: number) => digit(text, at) * 10 + digit(text, at + 1);

/** Years before 100 or after 9999, infinity, BC. pg's parser knows them. */
const parseUnusual = pg.types.getTypeParser(pg.types.builtins.TIMESTAMPTZ) as (text: string) => Date;

function parseBytes(text: string): Uint8Array {
  const buffer = Buffer.from(text.slice(2), 'hex');
  // Prisma gives plain Uint8Arrays; a Buffer would differ in equality and in JSON.
  return new Uint8Array(buffer);
}

const own = new Map<number, (text: string) => unknown>([
  [pg.types.builtins.TIMESTAMPTZ, parseTimestamp],
  [pg.types.builtins.DATE, (text) => new Date(`${text}T00:00:00.000Z`)],
  [pg.types.builtins.INT8, (text) => BigInt(text)],
  [pg.types.builtins.NUMERIC, (text) => new Prisma.Decimal(text)],
  [pg.types.builtins.BYTEA, parseBytes],
]);

const parsers = new Map<number, (text: string) => unknown>();

/** Reads columns into the very types that Prisma's models have: Date, bigint, Prisma.Decimal, Uint8Array. */
export const MODEL_TYPES = {
  getTypeParser(oid: number, format?: string) {
    const known = parsers.get(oid);
    if (known !== undefined && format !== 'binary') return known;
    const parser = own.get(oid) ?? pg.types.getTypeParser(oid, (format ?? 'text') as 'text');
    if (format !== 'binary') parsers.set(oid, parser);
    return parser;
  },
} as pg.CustomTypesConfig;
