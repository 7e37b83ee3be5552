import { PlinthError } from '../errors.js';
import { compareNames, type MigrationFile } from './folder.js';
import { compareHistory, findByName, guardHistory, type HistoryEntry, readRows } from './history.js';
import { type Progress, readProgress } from './run-stepwise.js';
import type { MigrationSession } from './session.js';
import { parseScript, type Script } from './split.js';

/** A migration to apply. */
export interface Pending {
  readonly file: MigrationFile;
  readonly script: Script;
  /** The row and the point of an interrupted run. */
  readonly resume: { readonly id: string; readonly progress: Progress } | undefined;
}

/** What is to be applied, parsed; throws when the history forbids to go on. */
export async function choosePending(
  session: MigrationSession,
  files: readonly MigrationFile[],
  options: { readonly to?: string; readonly allowOutOfOrder?: boolean },
): Promise<Pending[]> {
  const rows = await readRows(session);
  if (rows.length === 0) await refuseForeignTables(session);
  const entries = compareHistory(files, rows);
  const resumable = await findResumable(session, entries);
  guardHistory(
    entries.filter(({ name }) => !resumable.has(name)),
    options,
  );
  const last = options.to === undefined ? undefined : findByName(entries, options.to).name;
  const chosen = entries.filter(({ name, state }) => {
    const isPending = ['pending', 'rolled_back', 'out_of_order'].includes(state) || resumable.has(name);
    return isPending && (last === undefined || compareNames(name, last) <= 0);
  });
  return Promise.all(
    chosen.flatMap(({ file, name }) => {
      if (file === undefined) return [];
      const resume = resumable.get(name);
      const parsed = resume?.script ?? parseScript(file.sql, `${name}/migration.sql`);
      return [Promise.resolve(parsed).then((script) => ({ file, script, resume }))];
    }),
  );
}

async function findResumable(
  session: MigrationSession,
  entries: readonly HistoryEntry[],
): Promise<Map<string, NonNullable<Pending['resume']> & { script: Script }>> {
  const resumable = new Map<string, NonNullable<Pending['resume']> & { script: Script }>();
  for (const { name, state, file, row } of entries) {
    if (state !== 'failed' || file === undefined || row === undefined) continue;
    const script = await parseScript(file.sql, `${name}/migration.sql`);
    const progress = script.stepwise ? await readProgress(session, row.id, 'up', script) : undefined;
    if (progress !== undefined) resumable.set(name, { id: row.id, progress, script });
  }
  return resumable;
}

/** As Prisma does (P3005): a first migration on top of somebody's tables would fail half-way or, worse, succeed. */
async function refuseForeignTables({ client, schema }: MigrationSession): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `select c.relname as name from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where n.nspname = $1 and c.relkind in ('r', 'p') and c.relname <> '_prisma_migrations'
        and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
      order by 1 limit 1`,
    [schema],
  );
  const [table] = rows;
  if (table === undefined) return;
  throw new PlinthError(
    'history_diverged',
    `schema ${schema} has tables (${table.name}) but no migration history`,
    {
      fix: 'mark what the database already has: npx prisma migrate resolve --applied <name>',
    },
  );
}
