import { actorSettings, SET_ACTOR } from '../actor.js';
import { quoteIdentifier, type Sql } from '../sql.js';
import { findExisting, replaceIds } from './natural-keys.js';
import type { SeedRow, SeedTable } from './scenario.js';
import { idColumnOf } from './seeded-tables.js';

/** Rows written and rows that were there already. */
export interface InsertCounts {
  inserted: number;
  skipped: number;
}

/**
 * Inserts what is missing, table by table, and notes every inserted row as seeded. Rows that exist, by id or by
 * natural key, stay as they are. Must run in a transaction; each row is written as the user who created it, so that
 * row security lets it pass and the audit log shows believable people. This is the only place that writes rows.
 */
export async function insertTables(
  sql: Sql,
  scenario: string,
  tables: readonly SeedTable[],
): Promise<InsertCounts> {
  const counts = { inserted: 0, skipped: 0 };
  const known = new Map<string, string>();
  for (const { table, rows } of tables) {
    const current = rows.map((row) => replaceIds(row, known));
    await findExisting(sql, table, current, known);
    const missing = await missingOf(sql, table, current, known);
    let inserted = 0;
    if (missing.length > 0) {
      if (table === 'messages') await sql.none(NOTE_NOTHING);
      for (const group of groupsOf(missing)) inserted += await insertGroup(sql, scenario, table, group);
      if (table === 'messages') await sql.none(NOTE_AGAIN);
    }
    counts.inserted += inserted;
    counts.skipped += rows.length - inserted;
  }
  return counts;
}

/**
 * Seeded conversations carry the time of their last message. The trigger that would note it again also stamps them
 * with the present, and the same seed would no longer give the same rows. Both end with the transaction.
 */
const NOTE_NOTHING = 'alter table public.messages disable trigger messages_note_last';
const NOTE_AGAIN = 'alter table public.messages enable trigger messages_note_last';

/** The rows that are not there yet, neither by id nor by natural key. */
async function missingOf(
  sql: Sql,
  table: string,
  rows: readonly SeedRow[],
  known: ReadonlyMap<string, string>,
): Promise<SeedRow[]> {
  const column = idColumnOf(table);
  const name = quoteIdentifier(column);
  const found = await sql.query<{ id: string }>(
    `select ${name} as id from public.${quoteIdentifier(table)} where ${name} = any($1::uuid[])`,
    [rows.map((row) => String(row[column]))],
  );
  const there = new Set(found.map((row) => row.id));
  return rows.filter((row) => !there.has(String(row[column])) && !known.has(String(row[column])));
}

interface Group {
  actor: string | undefined;
  columns: readonly string[];
  rows: SeedRow[];
}

/** Rows that can go into one statement: same columns, same person. In the order of their first rows. */
function groupsOf(rows: readonly SeedRow[]): Group[] {
  const groups = new Map<string, Group>();
  for (const row of rows) {
    const columns = Object.keys(row);
    const actor = typeof row.created_by === 'string' ? row.created_by : undefined;
    const key = [actor ?? '', ...columns].join(' ');
    const group = groups.get(key) ?? { actor, columns, rows: [] };
    group.rows.push(row);
    groups.set(key, group);
  }
  return [...groups.values()];
}

async function insertGroup(sql: Sql, scenario: string, table: string, group: Group): Promise<number> {
  const { actor, columns, rows } = group;
  const settings = actorSettings(
    actor === undefined ? { type: 'system', id: 'seed' } : { type: 'user', userId: actor },
  );
  await sql.query(SET_ACTOR, settings);
  const target = `public.${quoteIdentifier(table)}`;
  const list = columns.map(quoteIdentifier).join(', ');
  const inserted = await sql.query<{ id: string }>(
    `insert into ${target} (${list}) select ${list} from jsonb_populate_recordset(null::${target}, $1::jsonb)
     on conflict do nothing returning ${quoteIdentifier(idColumnOf(table))} as id`,
    [JSON.stringify(rows)],
  );
  const ids = inserted.map((row) => row.id);
  await sql.none(
    `insert into plinth.seeded_rows (table_name, row_id, scenario) select $1, unnest($2::uuid[]), $3
     on conflict (table_name, row_id) do update set scenario = excluded.scenario`,
    [table, ids, scenario],
  );
  return ids.length;
}
