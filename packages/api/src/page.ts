import type { Sql, SqlParameter } from '@plinth/db';
import type { Cursors } from './cursor.js';

/** A list's order: by one column, then by id in the same direction, so that it is total. */
export interface Order {
  /** SQL of the column or expression. */
  column: string;
  /** Its PostgreSQL type; the cursor's text is cast to it. */
  type: 'timestamptz' | 'text' | 'real' | 'bigint';
  /** The property of the row that holds it. */
  property: string;
  descending: boolean;
}

/** A list query without its paging. All SQL here is constant text; values are parameters. */
export interface Listing {
  /** `select ... from ...`, rows with `id`. */
  select: string;
  /** Conditions, using $1 ... of `parameters`. */
  where: readonly string[];
  parameters: readonly SqlParameter[];
  /** SQL of the id column. */
  idColumn: string;
  /** Its PostgreSQL type; uuid unless told. */
  idType?: 'uuid' | 'bigint';
  order: Order;
}

/** One page as answered. */
export interface Page<T> {
  data: T[];
  nextCursor: string | null;
}

/**
 * Reads one page by keyset: cost does not grow with the page's number, and rows that appear or vanish
 * meanwhile shift nothing. `query` is the list's validated query: everything in it but limit and cursor binds the cursor.
 */
export async function readPage<T extends { id: string }>(
  sql: Sql,
  cursors: Cursors,
  path: string,
  query: { limit: number; cursor?: string | undefined },
  listing: Listing,
): Promise<Page<T>> {
  const { limit, cursor, ...bound } = query;
  const scope = `${path} ${JSON.stringify(bound)}`;
  const { order, idColumn, idType = 'uuid' } = listing;
  const where = [...listing.where];
  const parameters: SqlParameter[] = [...listing.parameters];
  const add = (value: SqlParameter) => `$${parameters.push(value)}`;

  if (cursor !== undefined) {
    const { value, id } = cursors.open(scope, cursor);
    const beyond = order.descending ? '<' : '>';
    where.push(
      `(${order.column}, ${idColumn}) ${beyond} (${add(value)}::${order.type}, ${add(id)}::${idType})`,
    );
  }
  const direction = order.descending ? 'desc' : 'asc';
  const rows = await sql.query<T>(
    `${listing.select}${where.length > 0 ? ` where ${where.join(' and ')}` : ''} order by ${order.column} ${direction}, ${idColumn} ${direction} limit ${add(limit + 1)}`,
    parameters,
  );

  const data = rows.slice(0, limit);
  const last = rows.length > limit ? data.at(-1) : undefined;
  if (last === undefined) return { data, nextCursor: null };
  const value = (last as Record<string, unknown>)[order.property];
  return {
    data,
    nextCursor: cursors.seal(scope, {
      value: value instanceof Date ? value.toISOString() : String(value),
      id: last.id,
    }),
  };
}
