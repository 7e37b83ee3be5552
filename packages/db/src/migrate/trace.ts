import { type MigrationFile, readMigrationFolder } from './folder.js';
import { type Finding, lintMigrations } from './lint/lint.js';
import { isStrong } from './lint/statement-locks.js';
import { measureScript } from './measure-script.js';
import type { Measured } from './measure-statement.js';
import { insertSampleRows } from './sample-rows.js';
import { runSample } from './sample-script.js';
import { type Scratch, withScratchDatabase } from './scratch.js';
import { parseScript } from './split.js';
import { migrationStatus } from './status.js';
import { judgeFinding, type Verdict } from './trace-verdict.js';

export interface TracedStatement extends Measured {
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
  const script = await parseScript(file.sql, `${file.name}/migration.sql`);
  const { statements: measured, error } = await measureScript(scratch, script);
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

function dangersOf({ locks, rewrites }: Measured): string[] {
  const strong = locks.filter(
    ({ mode, existing, relation }) => existing && isStrong(mode) && !rewrites.includes(relation),
  );
  return [
    ...rewrites.map((relation) => `rewrites ${relation}`),
    ...strong.map(({ relation, mode }) => `${mode} on ${relation}`),
  ];
}
