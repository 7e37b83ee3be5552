import type { Sql } from '../sql.js';
import type { SeedRow, SeedValue } from './scenario.js';

/** What makes a row the same thing as one that is there already under another id, and how to look for it. */
interface NaturalKey {
  columns: readonly string[];
  /** Of a JSON array of rows with these columns: the ids of the rows that are the same things. */
  find: string;
}

/** Tables whose rows people also make by hand; children of a seeded row then belong to the existing one. */
const naturalKeys: Readonly<Record<string, NaturalKey>> = {
  users: {
    columns: ['email'],
    find: `select k.id as seed_id, u.id from jsonb_to_recordset($1::jsonb) as k(id uuid, email text)
             join public.users u on u.email = k.email and u.deleted_at is null`,
  },
  roles: {
    columns: ['name'],
    find: `select k.id as seed_id, r.id from jsonb_to_recordset($1::jsonb) as k(id uuid, name text)
             join public.roles r on r.name = k.name`,
  },
  artists: {
    columns: ['name'],
    find: `select distinct on (k.id) k.id as seed_id, a.id from jsonb_to_recordset($1::jsonb) as k(id uuid, name text)
             join public.artists a on a.name = k.name order by k.id, a.id <> k.id, a.id`,
  },
  businesses: {
    columns: ['country', 'registration_number'],
    find: `select k.id as seed_id, b.id
             from jsonb_to_recordset($1::jsonb) as k(id uuid, country text, registration_number text)
             join public.businesses b using (country, registration_number) where b.deleted_at is null`,
  },
};

/** Adds to `known` the existing ids that stand for rows about to be inserted. */
export async function findExisting(
  sql: Sql,
  table: string,
  rows: readonly SeedRow[],
  known: Map<string, string>,
): Promise<void> {
  const key = naturalKeys[table];
  if (key === undefined || rows.length === 0) return;
  const keys = rows.map((row) => Object.fromEntries(['id', ...key.columns].map((name) => [name, row[name]])));
  const found = await sql.query<{ seed_id: string; id: string }>(key.find, [JSON.stringify(keys)]);
  for (const { seed_id: seedId, id } of found) if (seedId !== id) known.set(seedId, id);
}

/** The row with references to replaced rows pointing at what replaces them. */
export function replaceIds(row: SeedRow, known: ReadonlyMap<string, string>): SeedRow {
  if (known.size === 0) return row;
  const replaced = (value: SeedValue) => (typeof value === 'string' ? (known.get(value) ?? value) : value);
  return Object.fromEntries(Object.entries(row).map(([column, value]) => [column, replaced(value)]));
}
