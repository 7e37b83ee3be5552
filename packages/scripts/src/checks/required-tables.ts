import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Check, fail, listed, pass } from './check.js';

/** Every table of the Prisma schema and of the SQL-only schemas exists. */
export const requiredTables: Check = {
  name: 'required tables',
  async run({ db, tables }) {
    const rows = await db.query<{ name: string }>(
      `select name from unnest($1::text[]) name where name not in (
         select n.nspname || '.' || c.relname from pg_catalog.pg_class c
           join pg_catalog.pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'p')) order by name`,
      [tables],
    );
    if (rows.length > 0) {
      const missing = listed(rows.map((row) => row.name));
      return fail(`${rows.length} of ${tables.length} are missing: ${missing}`, 'plinth migrate up');
    }
    return pass(`${tables.length} tables`);
  },
};

/**
 * `schema.table` of every table that the migrations of a folder leave behind, sorted: models of the Prisma schema
 * beside it, and what the migrations create with a quoted, schema-qualified name (Prisma does not know those).
 */
export async function readRequiredTables(migrationsDir: string): Promise<string[]> {
  const schemaDir = join(migrationsDir, '../schema');
  const models = await readAll(schemaDir, (name) => name.endsWith('.prisma'));
  const bodies = models.flatMap((text) => [...text.matchAll(/^model \w+ \{\n(.*?)^\}/gms)]);
  const mapped = bodies.map((body) => /^\s*@@map\("([^"]+)"\)/m.exec(body[1] ?? '')?.[1]);
  const tables = new Set(mapped.filter((name) => name !== undefined).map((name) => `public.${name}`));
  const folders = (await readdir(migrationsDir)).filter((name) => /^\d{14}_/.test(name)).sort();
  for (const folder of folders) {
    const sql = await readFile(join(migrationsDir, folder, 'migration.sql'), 'utf8');
    const statement =
      /^\s*(CREATE|DROP) TABLE (?:IF (?:NOT )?EXISTS )?"(\w+)"\."(\w+)"(?!\s+PARTITION OF)/gim;
    for (const [, verb, schema, table] of sql.matchAll(statement)) {
      if (verb?.toUpperCase() === 'CREATE') tables.add(`${schema}.${table}`);
      else tables.delete(`${schema}.${table}`);
    }
  }
  return [...tables].sort();
}

async function readAll(folder: string, wanted: (name: string) => boolean): Promise<string[]> {
  const names = (await readdir(folder)).filter(wanted).sort();
  return await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
}
