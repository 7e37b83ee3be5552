import { urlFor } from '@plinth/db';
import { type RehearsedMigration, rehearseMigrations, type StatementPlace } from '@plinth/db/migrate';
import { readTable } from './content.js';
import { type DatabaseClient, withWorkClient } from './database-client.js';
import { type DrillReport, type RestoreOptions, withRestored } from './drill.js';
import type { Manifest } from './manifest.js';
import { requireProof } from './restore.js';
import { applyProperties } from './restore-archive.js';
import type { ScratchDatabase } from './scratch-database.js';
import { countRows, readTableSizes, type TableSize } from './table-sizes.js';

export interface RehearseReleaseOptions extends RestoreOptions {
  /** The login that deploys, on the same server. */
  migratorUrl: string;
  migrationsDir: string;
  noDown: boolean;
  onStatement?: (at: StatementPlace) => void;
}

/** A table that a pending migration locks, rewrites or writes. */
export interface RehearsedTable extends TableSize {
  name: string;
  /** After all migrations; null when it is gone, or when they did not all run. */
  rowsAfter: number | null;
}

export interface ReleaseReport {
  /** Every file ran, and every way back led back. */
  ok: boolean;
  backup: { id: string; createdAt: string; restoreMs: number; server: string };
  migrations: readonly RehearsedMigration[];
  tables: RehearsedTable[];
  /** Tables whose rows are not what they were once everything was taken back; null where not everything was. */
  data: string[] | null;
  notes: string[];
  durationMs: number;
}

/**
 * Tries a release on a copy of real data: restores a backup into a scratch database, applies what is pending there, takes
 * it back and applies it again. The database that was backed up is not even connected to. Throws what a drill throws,
 * `drill_failed` when the restored copy is not what was backed up, and what `migrate up` throws before it runs anything.
 */
export async function rehearseRelease(options: RehearseReleaseOptions): Promise<ReleaseReport> {
  const { set, migrationsDir, noDown, signal, hurry, onStatement } = options;
  const { manifest } = set;
  const started = performance.now();
  return await withRestored(options, async (scratch, report) => {
    requireProof(report);
    const url = await migratorOf(scratch, options);
    const readerUrl = urlFor(options.readerUrl ?? scratch.url, scratch.name);
    const rehearse = async (reader: DatabaseClient): Promise<ReleaseReport> => {
      const sizes = await readTableSizes(reader, manifest.content.tables);
      const after = new Map<string, number | null>();
      let data: string[] | null = null;
      const rehearsal = await rehearseMigrations({
        url,
        migrationsDir,
        noDown,
        signal,
        ...(onStatement ? { onStatement } : {}),
        onStage: async (stage, migrations) => {
          if (stage === 'applied')
            for (const name of tablesOf(migrations)) after.set(name, await countRows(reader, name));
          else data = await compareRows(reader, manifest, migrations, signal);
        },
      });
      const { migrations } = rehearsal;
      const problems = migrations.some(
        ({ up, down, again, left, changedAgain }) =>
          [up, down, again].some((file) => file?.error) || left.length + changedAgain.length > 0,
      );
      return {
        ok: !problems && (data ?? []).length === 0,
        backup: describeBackup(manifest, report),
        migrations,
        tables: tablesOf(migrations)
          .filter((name) => sizes.has(name))
          .map((name) => ({ name, ...(sizes.get(name) as TableSize), rowsAfter: after.get(name) ?? null })),
        data,
        notes: report.notes,
        durationMs: Math.round(performance.now() - started),
      };
    };
    return await withWorkClient(readerUrl, rehearse, hurry);
  });
}

/**
 * The scratch database gets owner, grants and settings of the backed-up one, so that the login that deploys finds there
 * what it will find later. Where this login may not give them, the session takes the owner's role itself.
 */
async function migratorOf(
  scratch: ScratchDatabase,
  { set, migratorUrl }: RehearseReleaseOptions,
): Promise<string> {
  const url = new URL(urlFor(migratorUrl, scratch.name));
  if (scratch.actAs === undefined) {
    for (const statement of await applyProperties(scratch.maintenance, scratch.name, set.manifest))
      scratch.notes.push(`the copy lacks what this login may not give it: ${statement}`);
    return url.href;
  }
  const given = url.searchParams.get('options') ?? '';
  url.searchParams.set('options', `${given} -c role=${scratch.actAs.replace(/[\\\s]/g, '\\$&')}`.trim());
  return url.href;
}

function tablesOf(migrations: readonly RehearsedMigration[]): string[] {
  const statements = migrations.flatMap(({ up }) => up?.statements ?? []);
  const named = [
    ...migrations.flatMap(({ up }) => (up?.locks ?? []).map(({ table }) => table)),
    ...statements.flatMap(({ rewrites, touched }) => [
      ...rewrites,
      ...touched.map(({ relation }) => relation),
    ]),
  ];
  return [...new Set(named)].sort();
}

/** Every table's rows and values against the backup's, but for what the migrations declare, and audit trails, which only grow. */
async function compareRows(
  reader: DatabaseClient,
  { content }: Manifest,
  migrations: readonly RehearsedMigration[],
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const declared = migrations.flatMap((migration) => migration.declared);
  const isDeclared = (name: string) =>
    declared.some((subject) => subject === `rows ${name}` || subject.startsWith(`values ${name}.`));
  const problems: string[] = [];
  for (const table of content.tables) {
    signal?.throwIfAborted();
    const name = `${table.schema}.${table.name}`;
    const { rows: there } = await reader.query<{ there: boolean }>(
      "SELECT to_regclass(format('%I.%I', $1::text, $2::text)) IS NOT NULL AS there",
      [table.schema, table.name],
    );
    // The comparison of the schemas tells of it.
    if (!there[0]?.there) continue;
    const now = await readTable(reader, table, content.fingerprint);
    if (now.hash === table.hash && now.rows === table.rows) continue;
    if ((table.schema === 'audit' && now.rows > table.rows) || isDeclared(name)) continue;
    problems.push(
      now.rows === table.rows
        ? `values of ${name}: not those before, in ${now.rows} rows`
        : `rows of ${name}: ${table.rows} before, now ${now.rows}`,
    );
  }
  return problems;
}

function describeBackup({ id, createdAt }: Manifest, { restoreMs, server }: DrillReport) {
  return { id, createdAt, restoreMs, server };
}
