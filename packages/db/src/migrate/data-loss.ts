import { PlinthError } from '../errors.js';
import { quoteIdentifier } from '../sql.js';
import type { MigrationSession } from './session.js';

interface Relation {
  oid: number;
  name: string;
  /** Its file is not empty: it holds rows, or has held some. */
  filled: boolean;
  deleted: number;
  /** Row security hides its rows from the owner too. */
  forced: boolean;
  columns: string[];
}

/** What a script seems to destroy: a whole table, or one column of it. */
interface Suspect {
  relation: Relation;
  column?: string;
}

/**
 * Runs `run` in the open transaction, and takes it back and throws `data_loss` when it drops or empties a table that
 * has rows, deletes rows, or drops a column that has values. It compares the catalog before and after, so it also
 * sees what DO blocks and CASCADE do; only what looks lost is read.
 */
export async function refuseDataLoss(
  session: MigrationSession,
  name: string,
  run: () => Promise<void>,
): Promise<void> {
  const { client } = session;
  const before = await readRelations(session);
  await client.query('savepoint plinth_data');
  await run();
  const after = new Map((await readRelations(session)).map((relation) => [relation.oid, relation]));
  const suspects = before.flatMap((relation) => findSuspects(relation, after.get(relation.oid)));
  const deleting = before.filter(({ oid, deleted }) => (after.get(oid)?.deleted ?? 0) > deleted);
  if (suspects.length === 0 && deleting.length === 0) {
    await client.query('release savepoint plinth_data');
    return;
  }
  await client.query('rollback to savepoint plinth_data');
  const lost = deleting.map((relation) => `rows of ${relation.name}`);
  for (const suspect of suspects) {
    if (await holdsData(session, suspect)) lost.push(describe(suspect));
  }
  if (lost.length === 0) return await run();
  throw new PlinthError(
    'data_loss',
    `rolling back ${name} would lose data: ${[...new Set(lost)].join(', ')}`,
    {
      fix: 'take a backup (plinth backup create), then add --allow-data-loss',
    },
  );
}

function findSuspects(relation: Relation, after: Relation | undefined): Suspect[] {
  if (!relation.filled) return [];
  if (after === undefined || !after.filled) return [{ relation }];
  return relation.columns
    .filter((column) => !after.columns.includes(column))
    .map((column) => ({ relation, column }));
}

/**
 * Columns by number: a renamed one is the same, a dropped and added one is not. Generated ones hold nothing of their
 * own. The job library's list of its migrations is left out: our migration wrote it, nobody's work did.
 */
async function readRelations({ client, table }: MigrationSession): Promise<Relation[]> {
  const { rows } = await client.query<Relation>(
    `select c.oid::int8::float8 as oid, format('%I.%I', n.nspname, c.relname) as name,
            coalesce(pg_catalog.pg_relation_size(c.oid), 0) > 0 as filled,
            coalesce(pg_catalog.pg_stat_get_xact_tuples_deleted(c.oid), 0)::float8 as deleted,
            c.relrowsecurity and c.relforcerowsecurity as forced,
            array(select a.attnum::text from pg_catalog.pg_attribute a
                   where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns
       from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where c.relkind = 'r' and c.relpersistence <> 't' and n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'plinth_migrate')
        and (n.nspname, c.relname) <> ('graphile_worker', 'migrations')
        and c.oid is distinct from to_regclass($1)`,
    [table],
  );
  return rows;
}

/** Reads as the owner, past forced row security: the change is taken back with the savepoint. */
async function holdsData({ client }: MigrationSession, suspect: Suspect): Promise<boolean> {
  const { relation } = suspect;
  await client.query('savepoint plinth_look');
  if (relation.forced) await client.query(`alter table ${relation.name} no force row level security`);
  const name = await columnName({ client }, suspect);
  const condition = name === undefined ? '' : `where ${quoteIdentifier(name)} is not null`;
  const { rows } = await client.query<{ found: boolean }>(
    `select exists (select from only ${relation.name} ${condition}) as found`,
  );
  await client.query('rollback to savepoint plinth_look');
  if (rows[0]?.found && name !== undefined) suspect.column = name;
  return rows[0]?.found === true;
}

async function columnName(
  { client }: Pick<MigrationSession, 'client'>,
  { relation, column }: Suspect,
): Promise<string | undefined> {
  if (column === undefined) return undefined;
  const { rows } = await client.query<{ name: string }>(
    'select attname as name from pg_catalog.pg_attribute where attrelid = to_regclass($1) and attnum = $2::int2',
    [relation.name, column],
  );
  return rows[0]?.name;
}

const describe = ({ relation, column }: Suspect): string =>
  column === undefined
    ? `table ${relation.name} has rows`
    : `column ${column} of ${relation.name} has values`;
