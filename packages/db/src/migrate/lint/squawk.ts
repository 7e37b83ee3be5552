import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { PlinthError } from '../../errors.js';
import type { Severity } from './rule.js';

/** What squawk says about a file. Lines and columns from 1. */
export interface SquawkFinding {
  readonly path: string;
  readonly rule: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly help: string | null;
}

/** Rules left out, each for a reason that holds for every migration of a Prisma project run by our runner. */
export const SQUAWK_EXCLUDED: Readonly<Record<string, string>> = {
  'require-lock-timeout': 'the runner sets lock_timeout for every migration',
  'require-statement-timeout': 'the runner sets statement_timeout for every migration',
  'require-timeout-settings': 'the runner sets both',
  'prefer-robust-stmts': 'a file is one transaction: nothing of a failed one is left to meet again',
  'transaction-nesting': 'told by embedded-transaction',
  'ban-uncommitted-transaction': 'told by embedded-transaction',
  'prefer-bigint-over-int': "Prisma's Int is INTEGER",
  'prefer-bigint-over-smallint': "Prisma's @db.SmallInt is a choice made in the schema",
  'prefer-identity': "Prisma's autoincrement() is SERIAL",
  'prefer-text-field': "Prisma's @db.VarChar is a choice made in the schema",
  'prefer-timestamp-tz': "Prisma's DateTime is TIMESTAMP(3) unless the schema says more",
  'ban-char-field': "Prisma's @db.Char is a choice made in the schema",
  'require-enum-value-ordering': 'Prisma adds enum values at the end, as the schema lists them',
};

/** Rules whose findings lose data, fail on rows, or lock a table in use for as long as it is large. The others warn. */
const critical = new Set([
  'adding-field-with-default',
  'adding-foreign-key-constraint',
  'adding-not-nullable-field',
  'adding-required-field',
  'adding-serial-primary-key-field',
  'ban-concurrent-index-creation-in-transaction',
  'ban-drop-column',
  'ban-drop-database',
  'ban-drop-table',
  'ban-truncate-cascade',
  'changing-column-type',
  'constraint-missing-not-valid',
  'disallowed-unique-constraint',
  'renaming-column',
  'renaming-table',
  'require-concurrent-index-creation',
  'syntax-error',
]);

/** How much a squawk rule weighs. */
export const severityOf = (rule: string): Severity => (critical.has(rule) ? 'critical' : 'warning');

export interface SquawkOptions {
  /** Absolute paths. */
  readonly files: readonly string[];
  /** The files run as one transaction each: then what they make themselves is new, and its changes harmless. */
  readonly inTransaction: boolean;
  readonly pgMajor?: number;
}

/** Runs squawk's own binary, which its npm package brings along. Throws `squawk_missing` where there is none for this platform. */
export async function runSquawk({
  files,
  inTransaction,
  pgMajor = 15,
}: SquawkOptions): Promise<SquawkFinding[]> {
  if (files.length === 0) return [];
  const args = [
    '--reporter=json',
    `--pg-version=${pgMajor}`,
    `--exclude=${Object.keys(SQUAWK_EXCLUDED).join(',')}`,
    ...(inTransaction ? ['--assume-in-transaction'] : []),
    ...files,
  ];
  const output = await run(findSquawk(), args);
  const found = JSON.parse(output) as {
    file: string;
    line: number;
    column: number;
    message: string;
    help: string | null;
    rule_name: string;
  }[];
  return found.map(({ file, line, column, message, help, rule_name: rule }) => ({
    path: file,
    rule,
    line: line + 1,
    column: column + 1,
    message,
    help,
  }));
}

function findSquawk(): string {
  const fileName = process.platform === 'win32' ? 'squawk.exe' : 'squawk';
  try {
    const squawk = createRequire(createRequire(import.meta.url).resolve('squawk-cli/package.json'));
    return squawk.resolve(`@squawk-cli/${process.platform}-${process.arch}/bin/${fileName}`);
  } catch (cause) {
    throw new PlinthError(
      'squawk_missing',
      `squawk has no program for ${process.platform}-${process.arch} here`,
      {
        fix: 'run `plinth migrate lint` where it has one (Linux with glibc, macOS, Windows), with optional dependencies installed',
        cause,
      },
    );
  }
}

function run(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    // Not from the project: a .squawk.toml there would leave out rules without a reason.
    execFile(program, args, { cwd: tmpdir(), maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      // It ends with 1 when it has found something.
      if (error === null || (error.code === 1 && stdout.startsWith('['))) return resolve(stdout);
      reject(
        new PlinthError('squawk_failed', `squawk failed: ${stderr.trim() || error.message}`, {
          cause: error,
        }),
      );
    });
  });
}
