import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PlinthError } from '../errors.js';

/** One folder `<stamp>_<what>` with its files. */
export interface MigrationFile {
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly sql: string;
  /** SHA-256 of migration.sql's bytes, hexadecimal: Prisma's checksum. */
  readonly checksum: string;
  /** Also the checksums of the file with LF and with CRLF line ends: git may change those. */
  readonly checksums: ReadonlySet<string>;
  /** The text of down.sql, undefined where there is none. */
  readonly down: string | undefined;
}

/**
 * Reads a migrations folder in the order of its names, as Prisma orders them. A folder that is not there is an empty
 * history. Throws `migration_invalid` for a migration without migration.sql.
 */
export async function readMigrationFolder(dir: string): Promise<MigrationFile[]> {
  const entries = await readdir(dir, { withFileTypes: true }).catch(ifMissing([]));
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(names.sort(compareNames).map((name) => readMigration(join(dir, name), name)));
}

async function readMigration(path: string, name: string): Promise<MigrationFile> {
  const [bytes, down] = await Promise.all([
    readFile(join(path, 'migration.sql')).catch(ifMissing(undefined)),
    readFile(join(path, 'down.sql'), 'utf8').catch(ifMissing(undefined)),
  ]);
  if (bytes === undefined) {
    throw new PlinthError('migration_invalid', `${name} has no migration.sql`, {
      fix: `restore ${join(path, 'migration.sql')}, or remove the folder if it was never applied`,
    });
  }
  const checksum = sha256(bytes);
  return {
    name,
    path,
    sql: bytes.toString('utf8').replace(/^\uFEFF/, ''),
    checksum,
    checksums: new Set([checksum, ...lineEndVariants(bytes.toString('utf8')).map(sha256)]),
    down: down?.replace(/^\uFEFF/, ''),
  };
}

/** The byte order of names: what Prisma sorts by, whatever the locale. */
export function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** SHA-256 in hexadecimal. */
export function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Whether two texts are equal but for their line ends. */
export function sameText(a: string, b: string): boolean {
  return a.replaceAll('\r\n', '\n') === b.replaceAll('\r\n', '\n');
}

function lineEndVariants(text: string): string[] {
  const lf = text.replaceAll('\r\n', '\n');
  return [lf, lf.replaceAll('\n', '\r\n')];
}

function ifMissing<T>(value: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === 'ENOENT') return value;
    throw error;
  };
}
