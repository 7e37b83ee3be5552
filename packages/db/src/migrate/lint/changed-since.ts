import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { PlinthError } from '../../errors.js';

const exec = promisify(execFile);

/** What a revision knows of a migrations folder. */
export interface ChangedSince {
  /** Migrations that the revision has. */
  readonly known: readonly string[];
  /** Those of them whose migration.sql is another now, committed or not. */
  readonly edited: readonly string[];
  /** Every migration that was added or changed since. */
  readonly changed: readonly string[];
}

/** Asks git what is new in a migrations folder since a revision, uncommitted files included. Throws `unknown_revision`. */
export async function changedSince(base: string, migrationsDir: string): Promise<ChangedSince> {
  const git = async (...args: string[]) => {
    const { stdout } = await exec('git', ['-c', 'core.quotePath=false', ...args], {
      cwd: migrationsDir,
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout.split('\n').filter((line) => line !== '');
  };
  await git('rev-parse', '--verify', '--quiet', '--end-of-options', `${base}^{commit}`).catch(
    (cause: Error & { code?: unknown }) => {
      const missing = cause.code === 'ENOENT' ? 'git is not there' : `git knows no revision ${base}`;
      throw new PlinthError('usage', missing, {
        fix: 'give a branch, tag or commit of this repository',
        cause,
      });
    },
  );
  const known = (await git('ls-tree', '-d', '--name-only', base, '.')).map((path) =>
    path.replace(/^\.\//, ''),
  );
  const touched = [
    ...(await git('diff', '--name-only', '--relative', base, '--', '.')),
    ...(await git('ls-files', '--others', '--exclude-standard', '.')),
  ];
  const folders = [...new Set(touched.map((path) => path.split('/')[0] ?? ''))];
  const edited = known.filter((name) => touched.includes(`${name}/migration.sql`));
  return { known, edited, changed: folders.filter((name) => /^\d{14}_/.test(name)) };
}
