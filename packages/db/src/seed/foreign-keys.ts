import type { Sql } from '../sql.js';

/** A column of one table that refers to the id of another. */
export interface ForeignKey {
  child: string;
  column: string;
  parent: string;
}

/** Every foreign key of one column within schema public. */
export async function listForeignKeys(sql: Sql): Promise<ForeignKey[]> {
  return await sql.query<ForeignKey>(
    `select c.relname as child, a.attname as column, p.relname as parent
       from pg_catalog.pg_constraint k
       join pg_catalog.pg_class c on c.oid = k.conrelid
       join pg_catalog.pg_class p on p.oid = k.confrelid
       join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = k.conkey[1]
      where k.contype = 'f' and cardinality(k.conkey) = 1 and c.relnamespace = 'public'::regnamespace
      order by 1, 2`,
  );
}

/** The tables with every child before its parents. Throws RangeError when tables refer to each other in a circle. */
export function orderForDeletion(tables: readonly string[], keys: readonly ForeignKey[]): string[] {
  const ordered: string[] = [];
  let left = [...tables];
  while (left.length > 0) {
    const free = left.filter(
      (table) =>
        !keys.some(({ child, parent }) => parent === table && child !== table && left.includes(child)),
    );
    if (free.length === 0) throw new RangeError(`tables refer to each other in a circle: ${left.join(', ')}`);
    ordered.push(...free);
    left = left.filter((table) => !free.includes(table));
  }
  return ordered;
}
