import { withClient } from './bootstrap.js';
import { quoteIdentifier } from './sql.js';

/** Prisma's history: without it the schema would look undeployed. */
const KEPT = '_prisma_migrations';

/**
 * Empties every table of schema public in one transaction and restarts their sequences; keeps the schema, the
 * migration history and everything in schema audit, which only grows. Needs the owner's rights (the migrator).
 * Returns the names of the emptied tables. Throws DatabaseError, `lock_timeout` when a session holds a table for 5 s.
 */
export async function clearDatabase(url: string): Promise<string[]> {
  return withClient(url, async (client) => {
    await client.query('begin');
    await client.query(`set local lock_timeout = '5s'`);
    const { rows } = await client.query<{ name: string }>(
      `select c.relname as name from pg_catalog.pg_class c
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
          and c.relname <> $1
          and not exists (select from pg_catalog.pg_depend d
                           where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
        order by 1`,
      [KEPT],
    );
    const names = rows.map((row) => row.name);
    const list = names.map((name) => `public.${quoteIdentifier(name)}`).join(', ');
    // All of them in one statement: tables that refer to each other need no CASCADE, which could reach further.
    if (names.length > 0) await client.query(`truncate ${list} restart identity`);
    await client.query('commit');
    return names;
  });
}
