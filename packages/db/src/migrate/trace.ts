import type pg from 'pg';
import { type MigrationFile, readMigrationFolder } from './folder.js';
import { type Finding, lintMigrations } from './lint/lint.js';
import { isStrong, locksOf } from './lint/statement-locks.js';
import { sendStatement } from './run-script.js';
import { insertSampleRows } from './sample-rows.js';
import { runSample } from './sample-script.js';
import { type Scratch, withScratchDatabase } from './scratch.js';
import { ScriptFailure } from './script-failure.js';
import { parseScript, type Script, type Statement } from './split.js';
import { migrationStatus } from './status.js';
import { keyOf, quoteIfNeeded, readLocks, watchLocks } from './trace-locks.js';
import { judgeFinding, type Verdict } from './trace-verdict.js';

/** A lock as PostgreSQL granted it. */
export interface TracedLock {
  readonly relation: string;
  /** As pg_locks names it, such as AccessExclusiveLock. */
  readonly mode: string;
  /** The relation was there before the migration: others may be using it. */
  readonly existing: boolean;
}

export interface TracedStatement {
  readonly number: number;
  readonly line: number;
  readonly sql: string;
  readonly locks: readonly TracedLock[];
  /** Existing tables that PostgreSQL wrote anew, row by row. */
  readonly rewrites: readonly string[];
  readonly durationMs: number;
  readonly findings: readonly (Finding & { readonly verdict: Verdict })[];
  /** What was measured and no finding tells of. */
  readonly unpredicted: readonly string[];
}

export interface TracedMigration {
  readonly name: string;
  readonly statements: readonly TracedStatement[];
  /** Findings about the file as a whole. */
  readonly findings: readonly (Finding & { readonly verdict: Verdict })[];
  readonly error: string | null;
}

export interface TraceOptions {
  /** The migrator's URL: its history says what is pending, a scratch database beside it is used for the rest. */
  readonly url: string;
  readonly migrationsDir: string;
  /** Names to trace instead of those that are pending. */
  readonly only?: readonly string[];
}

/**
 * Runs every pending statement on a scratch database that stands where the target stands and holds a few rows, and
 * measures its locks, rewrites and time. Nothing happens to the target. Throws `no_scratch`, `squawk_missing`.
 */
export async function traceMigrations(options: TraceOptions): Promise<TracedMigration[]> {
  const files = await readMigrationFolder(options.migrationsDir);
  const pending = new Set(options.only ?? (await pendingNames(options)));
  const { findings } = await lintMigrations({ migrationsDir: options.migrationsDir, only: [...pending] });
  if (pending.size === 0) return [];
  return withScratchDatabase(options.url, async (scratch) => {
    const traced: TracedMigration[] = [];
    for (const file of files) {
      if (!pending.has(file.name)) {
        await scratch.run(file.sql, `${file.name}/migration.sql`);
        await runSample(scratch.client, file);
        continue;
      }
      await insertSampleRows(scratch.client);
      const result = await traceFile(
        scratch,
        file,
        findings.filter(({ migration }) => migration === file.name),
      );
      traced.push(result);
      if (result.error !== null) break;
    }
    return traced;
  });
}

/** What `migrate up` would apply: pending, rolled back, or older than the newest applied one. */
export async function pendingNames(options: Pick<TraceOptions, 'url' | 'migrationsDir'>): Promise<string[]> {
  const { migrations } = await migrationStatus({ url: options.url, dir: options.migrationsDir });
  return migrations
    .filter(({ state }) => ['pending', 'rolled_back', 'out_of_order'].includes(state))
    .map(({ name }) => name);
}

async function traceFile(
  scratch: Scratch,
  file: MigrationFile,
  findings: readonly Finding[],
): Promise<TracedMigration> {
  const { client } = scratch;
  const script = await parseScript(file.sql, `${file.name}/migration.sql`);
  const existing = await readRelations(client);
  const measured: Measured[] = [];
  let error: ScriptFailure | null = null;
  try {
    if (!script.stepwise) await client.query('begin');
    for (const statement of script.statements) {
      measured.push(await measure(scratch, script, statement, existing));
    }
    if (!script.stepwise) await client.query('commit');
  } catch (thrown) {
    if (!(thrown instanceof ScriptFailure)) throw thrown;
    error = thrown;
  } finally {
    if (client.getTransactionStatus() !== 'I') await client.query('rollback').catch(() => {});
    await client.query('reset all').catch(() => {});
  }
  const judged = findings.map((finding) => ({ ...finding, verdict: judgeFinding(finding, measured, error) }));
  const statements = measured.map((one) => {
    const own = judged.filter(
      ({ statement, path }) => statement === one.number && path.endsWith('migration.sql'),
    );
    return { ...one, findings: own, unpredicted: own.length > 0 ? [] : dangersOf(one) };
  });
  const placed = new Set(statements.flatMap((statement) => statement.findings));
  return {
    name: file.name,
    statements,
    findings: judged.filter((finding) => !placed.has(finding)),
    error: error?.message ?? null,
  };
}

export type Measured = Omit<TracedStatement, 'findings' | 'unpredicted'>;

function dangersOf({ locks, rewrites }: Measured): string[] {
  const strong = locks.filter(
    ({ mode, existing, relation }) => existing && isStrong(mode) && !rewrites.includes(relation),
  );
  return [
    ...rewrites.map((relation) => `rewrites ${relation}`),
    ...strong.map(({ relation, mode }) => `${mode} on ${relation}`),
  ];
}

interface Relation {
  readonly name: string;
  readonly kind: string;
  readonly filenode: number;
}

async function readRelations(client: pg.Client): Promise<Map<number, Relation>> {
  const { rows } = await client.query<Relation & { oid: number }>(
    `select c.oid::int as oid, format('%I.%I', n.nspname, c.relname) as name, c.relkind::text as kind, pg_relation_filenode(c.oid)::int as filenode
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.oid >= 16384 and c.relkind in ('r', 'p', 'm', 'i', 'I') and n.nspname !~ '^pg_'`,
  );
  return new Map(rows.map(({ oid, ...relation }) => [oid, relation]));
}

async function measure(
  scratch: Scratch,
  script: Script,
  statement: Statement,
  existing: ReadonlyMap<number, Relation>,
): Promise<Measured> {
  const { client } = scratch;
  const before = await readRelations(client);
  const held = new Set((await readLocks(client)).map(keyOf));
  const alone = script.stepwise && !statement.outside;
  if (alone) await client.query('begin');
  const known = new Set([...before.values()].map(({ name }) => name));
  const tables = locksOf(statement).map(({ table }) => table.split('.').map(quoteIfNeeded).join('.'));
  const watcher = statement.outside
    ? await watchLocks(
        scratch,
        tables.filter((table) => known.has(table)),
      )
    : undefined;
  const startedAt = performance.now();
  try {
    await sendStatement({ client }, script, statement);
  } finally {
    watcher?.stop();
  }
  const durationMs = Math.round((performance.now() - startedAt) * 100) / 100;
  const locks = ((await watcher?.seen) ?? (await readLocks(client))).filter((lock) => !held.has(keyOf(lock)));
  if (alone) await client.query('commit');
  const after = await readRelations(client);
  const rewrites = [...after].filter(
    ([oid, { kind, filenode }]) =>
      existing.has(oid) && kind === 'r' && before.get(oid)?.filenode !== filenode,
  );
  return {
    number: statement.number,
    line: statement.line,
    sql: statement.text,
    locks: locks.map(({ oid, mode, name }) => ({
      relation: existing.get(oid)?.name ?? name ?? after.get(oid)?.name ?? String(oid),
      mode,
      existing: existing.has(oid),
    })),
    rewrites: rewrites.map(([, { name }]) => name),
    durationMs,
  };
}
