import { PlinthError } from '../errors.js';
import { quoteIdentifier } from '../sql.js';
import type { MigrationSession } from './session.js';
import type { Statement } from './split.js';

interface RangeVar {
  schemaname?: string;
  relname?: string;
}

interface Fields {
  idxname?: string;
  relation?: RangeVar;
  kind?: string;
  objects?: { List?: { items?: { String?: { sval?: string } }[] } }[];
  cmds?: { AlterTableCmd?: { subtype?: string; def?: { PartitionCmd?: { name?: RangeVar } } } }[];
}

/**
 * Clears the way for a statement that runs outside a transaction, whose earlier try may have left half of its work.
 * Answers `done` when that try, interrupted before it could be recorded, had finished; `sql` is what to run instead.
 */
export async function prepareConcurrent(
  session: MigrationSession,
  statement: Statement,
  options: { resumed: boolean; interrupted: boolean; log: (line: string) => void },
): Promise<{ done: boolean; sql?: string }> {
  const fields = (statement.node[statement.kind] ?? {}) as Fields;
  if (statement.kind === 'IndexStmt') {
    const found = await findIndex(session, fields);
    if (found === undefined) return { done: false };
    if (found.valid) return { done: options.interrupted };
    await dropLeftover(session, found.name, options.log);
    return { done: false };
  }
  if (!options.resumed) return { done: false };
  if (statement.kind === 'ReindexStmt') {
    for (const name of await findReindexLeftovers(session)) await dropLeftover(session, name, options.log);
    return { done: false };
  }
  if (statement.kind === 'DropStmt' && options.interrupted) return { done: await allGone(session, fields) };
  if (statement.kind === 'AlterTableStmt' && options.interrupted) return await resumeDetach(session, fields);
  return { done: false };
}

/** Throws `migration_failed` when the index is there but not valid: IF NOT EXISTS would call that a success. */
export async function assertValid(
  session: MigrationSession,
  statement: Statement,
  file: string,
): Promise<void> {
  const fields = (statement.node[statement.kind] ?? {}) as Fields;
  const found = statement.kind === 'IndexStmt' ? await findIndex(session, fields) : undefined;
  if (found === undefined || found.valid) return;
  throw new PlinthError('migration_failed', `${file}:${statement.line}: index ${found.name} is not valid`, {
    fix: `run it again: the invalid index is dropped first`,
  });
}

/** Removes what a failed CREATE INDEX CONCURRENTLY left, so that nobody pays for an index that answers nothing. */
export async function cleanUp(
  session: MigrationSession,
  statement: Statement,
  log: (line: string) => void,
): Promise<void> {
  const fields = (statement.node[statement.kind] ?? {}) as Fields;
  if (statement.kind !== 'IndexStmt') return;
  const found = await findIndex(session, fields);
  if (found !== undefined && !found.valid) await dropLeftover(session, found.name, log);
}

async function dropLeftover(
  { client }: MigrationSession,
  name: string,
  log: (line: string) => void,
): Promise<void> {
  await client.query(`set lock_timeout = 0; set statement_timeout = 0`);
  await client.query(`drop index concurrently if exists ${name}`);
  log(`dropped the invalid index ${name}, left by an interrupted try`);
}

async function findIndex(
  session: MigrationSession,
  fields: Fields,
): Promise<{ name: string; valid: boolean } | undefined> {
  const { rows } = await session.client.query<{ name: string; valid: boolean }>(
    `select format('%I.%I', n.nspname, c.relname) as name, i.indisvalid and i.indisready as valid
       from pg_catalog.pg_class c join pg_catalog.pg_index i on i.indexrelid = c.oid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where c.relname = $1 and c.relnamespace = (select relnamespace from pg_catalog.pg_class where oid = to_regclass($2))`,
    [fields.idxname, nameOf(fields.relation)],
  );
  return rows[0];
}

/** REINDEX CONCURRENTLY builds beside the old index, under its name with `_ccnew`, and renames that to `_ccold`. */
async function findReindexLeftovers({ client }: MigrationSession): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select format('%I.%I', n.nspname, c.relname) as name
       from pg_catalog.pg_class c join pg_catalog.pg_index i on i.indexrelid = c.oid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where not i.indisvalid and c.relname ~ '_cc(new|old)[0-9]*$' and n.nspname not in ('pg_catalog', 'pg_toast')`,
  );
  return rows.map(({ name }) => name);
}

async function allGone({ client }: MigrationSession, fields: Fields): Promise<boolean> {
  const names = (fields.objects ?? []).map(({ List }) =>
    (List?.items ?? []).map(({ String: text }) => quoteIdentifier(text?.sval ?? '')).join('.'),
  );
  const { rows } = await client.query<{ left: number }>(
    'select count(to_regclass(name))::int as left from unnest($1::text[]) as name',
    [names],
  );
  return rows[0]?.left === 0;
}

async function resumeDetach(
  { client }: MigrationSession,
  fields: Fields,
): Promise<{ done: boolean; sql?: string }> {
  const [parent, partition] = [fields.relation, fields.cmds?.[0]?.AlterTableCmd?.def?.PartitionCmd?.name].map(
    nameOf,
  );
  const { rows } = await client.query<{ pending: boolean }>(
    'select inhdetachpending as pending from pg_catalog.pg_inherits where inhrelid = to_regclass($1) and inhparent = to_regclass($2)',
    [partition, parent],
  );
  const [attached] = rows;
  if (attached === undefined) return { done: true };
  return attached.pending
    ? { done: false, sql: `alter table ${parent} detach partition ${partition} finalize` }
    : { done: false };
}

function nameOf(relation: RangeVar | undefined): string {
  const { schemaname, relname = '' } = relation ?? {};
  return [...(schemaname === undefined ? [] : [schemaname]), relname].map(quoteIdentifier).join('.');
}
