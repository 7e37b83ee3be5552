import type { DatabaseClient } from './database-client.js';
import type { TableContent } from './manifest.js';

/** How large a table was in the backup. */
export interface TableSize {
  rows: number;
  /** With its indexes and TOAST, as restored. */
  bytes: number;
}

/** Sizes of all tables by their quoted names; a partitioned table has the rows and bytes of its partitions. */
export async function readTableSizes(
  client: DatabaseClient,
  tables: readonly TableContent[],
): Promise<Map<string, TableSize>> {
  const { rows } = await client.query<{ name: string; leaves: { key: string; bytes: number }[] }>(
    `SELECT format('%I.%I', n.nspname, c.relname) AS name,
            (SELECT jsonb_agg(jsonb_build_object('key', ln.nspname || '.' || l.relname, 'bytes', pg_total_relation_size(l.oid)))
               FROM (SELECT c.oid WHERE c.relkind = 'r' UNION SELECT relid FROM pg_partition_tree(c.oid) WHERE isleaf) leaf
               JOIN pg_class l ON l.oid = leaf.oid JOIN pg_namespace ln ON ln.oid = l.relnamespace) AS leaves
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'`,
  );
  const counted = new Map(tables.map(({ schema, name, rows: count }) => [`${schema}.${name}`, count]));
  return new Map(
    rows.map(({ name, leaves }) => {
      const size = { rows: 0, bytes: 0 };
      for (const { key, bytes } of leaves ?? []) {
        size.rows += counted.get(key) ?? 0;
        size.bytes += bytes;
      }
      return [name, size];
    }),
  );
}

/** The rows that a table has now; null when it is there no more. `name` is quoted already. */
export async function countRows(client: DatabaseClient, name: string): Promise<number | null> {
  const { rows: found } = await client.query<{ there: boolean }>(
    'SELECT to_regclass($1) IS NOT NULL AS there',
    [name],
  );
  if (!found[0]?.there) return null;
  const { rows } = await client.query<{ count: number }>(`SELECT count(*)::float8 AS count FROM ${name}`);
  return rows[0]?.count ?? 0;
}
