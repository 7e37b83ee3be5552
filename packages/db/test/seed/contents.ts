import type { Database } from '../../src/database.js';
import { quoteIdentifier } from '../../src/sql.js';

/** Every row of every table of schema public as text, by table; without password hashes, which are salted. */
export async function contentsOf(database: Database): Promise<Record<string, string[]>> {
  const tables = await database.query<{ name: string }>(
    "select tablename as name from pg_tables where schemaname = 'public' and tablename <> '_prisma_migrations' order by 1",
  );
  const contents: Record<string, string[]> = {};
  for (const { name } of tables) {
    const rows = await database.query<{ text: string }>(
      `select (to_jsonb(t) - 'password_hash')::text as text from public.${quoteIdentifier(name)} t order by 1`,
    );
    if (rows.length > 0) contents[name] = rows.map((row) => row.text);
  }
  return contents;
}
