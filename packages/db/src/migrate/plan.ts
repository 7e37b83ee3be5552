import { readMigrationFolder } from './folder.js';
import { type Finding, lintMigrations } from './lint/lint.js';
import { locksOf, type TableLock } from './lint/statement-locks.js';
import { createdTables } from './lint/tree.js';
import { type MigrationSession, withMigrationSession } from './session.js';
import { parseScript } from './split.js';
import { pendingNames } from './trace.js';

/** A table that a statement locks or changes, as it is on the target. */
export interface PlannedLock extends TableLock {
  /** PostgreSQL's estimate; null where the table is not there yet, or was never analysed. */
  readonly estimatedRows: number | null;
  readonly bytes: number | null;
}

export interface PlannedStatement {
  readonly number: number;
  readonly line: number;
  readonly sql: string;
  readonly locks: readonly PlannedLock[];
  readonly findings: readonly Finding[];
}

export interface Plan {
  readonly name: string;
  /** In one transaction, or statement by statement. */
  readonly transaction: boolean;
  readonly statements: readonly PlannedStatement[];
  /** Findings about the file as a whole and about down.sql. */
  readonly findings: readonly Finding[];
}

/**
 * What `migrate up` would do: its SQL with the locks it takes by the manual, what lint finds, and how large the tables
 * are. The target is only read, in a READ ONLY transaction. Throws DatabaseError, `squawk_missing`.
 */
export async function planMigrations(options: {
  readonly url: string;
  readonly migrationsDir: string;
}): Promise<Plan[]> {
  const pending = await pendingNames(options);
  const files = (await readMigrationFolder(options.migrationsDir)).filter(({ name }) =>
    pending.includes(name),
  );
  const { findings } = await lintMigrations({ migrationsDir: options.migrationsDir, only: pending });
  const scripts = await Promise.all(
    files.map(async (file) => ({ file, script: await parseScript(file.sql, `${file.name}/migration.sql`) })),
  );
  const tables = new Set(
    scripts.flatMap(({ script }) => script.statements.flatMap(locksOf).map(({ table }) => table)),
  );
  const sizes = await withMigrationSession({ url: options.url, sessionPooler: true }, (session) =>
    readSizes(session, [...tables]),
  );
  const made = new Set<string>();
  return scripts.map(({ file, script }) => {
    for (const table of createdTables(script)) made.add(table);
    const own = findings.filter(({ migration }) => migration === file.name);
    const statements = script.statements.map((statement) => ({
      number: statement.number,
      line: statement.line,
      sql: statement.text,
      locks: locksOf(statement)
        .filter(({ table }) => !made.has(table))
        .map((lock) => ({ ...lock, ...(sizes.get(lock.table) ?? { estimatedRows: null, bytes: null }) })),
      findings: own.filter(
        (finding) => finding.statement === statement.number && finding.path.endsWith('migration.sql'),
      ),
    }));
    const placed = new Set(statements.flatMap((statement) => statement.findings));
    return {
      name: file.name,
      transaction: !script.stepwise,
      statements,
      findings: own.filter((finding) => !placed.has(finding)),
    };
  });
}

interface Size {
  estimatedRows: number | null;
  bytes: number | null;
}

async function readSizes(
  { client }: MigrationSession,
  tables: readonly string[],
): Promise<Map<string, Size>> {
  await client.query('begin transaction read only');
  try {
    const { rows } = await client.query<{ name: string } & Size>(
      `select n.nspname || '.' || c.relname as name, nullif(c.reltuples, -1)::float8 as "estimatedRows", pg_total_relation_size(c.oid)::float8 as bytes
         from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname || '.' || c.relname = any($1)`,
      [tables],
    );
    return new Map(rows.map(({ name, ...size }) => [name, size]));
  } finally {
    await client.query('rollback');
  }
}
