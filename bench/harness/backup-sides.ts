import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { CaseContext } from './bench-case.js';
import type { BenchDatabase } from './database.js';

const run = promisify(execFile);
const OUTPUT_BYTES = 64 * 1024 * 1024;

/** Runs PostgreSQL's programs and our command line against the bench database, as processes with everything that costs. */
export interface BackupTools {
  /** One of PostgreSQL's programs; answers its stdout. */
  tool(name: string, args: readonly string[], database?: string): Promise<string>;
  /** `plinth backup ... --json`; answers its document. */
  plinth(args: readonly string[]): Promise<Record<string, unknown>>;
  /** How many businesses an archive holds, counted by pg_restore and grep. */
  countArchived(archive: string): Promise<number>;
}

/** Builds the command line, which is what services run. Throws where PostgreSQL's client programs are not installed. */
export async function openBackupTools(
  bench: BenchDatabase,
  context: CaseContext,
  backups: Record<string, string>,
): Promise<BackupTools> {
  const folder = '/usr/lib/postgresql';
  const majors = existsSync(folder) ? readdirSync(folder).sort((a, b) => Number(b) - Number(a)) : [];
  const binDir = majors
    .map((major) => join(folder, major, 'bin'))
    .find((path) => existsSync(join(path, 'pg_dump')));
  if (binDir === undefined) throw new Error(`no PostgreSQL client programs in ${folder}`);
  const url = new URL(bench.loaderUrl);
  const connection = {
    PGHOST: url.hostname,
    PGPORT: url.port,
    PGUSER: decodeURIComponent(url.username),
    PGPASSWORD: decodeURIComponent(url.password),
  };
  const database = url.pathname.slice(1);
  const tool: BackupTools['tool'] = async (name, args, to = database) => {
    const env = { ...context.env, ...connection, PGDATABASE: to };
    return (await run(join(binDir, name), [...args], { env, maxBuffer: OUTPUT_BYTES })).stdout;
  };
  const turbo = join(context.root, 'node_modules/.bin/turbo');
  await run(turbo, ['run', 'build', '--filter=@plinth/scripts', '--output-logs=errors-only'], {
    cwd: context.root,
  });
  const cli = join(context.root, 'packages/scripts/dist/cli.js');
  return {
    tool,
    async plinth(args) {
      const env = {
        ...context.env,
        // As `pnpm plinth` sets it.
        NODE_COMPILE_CACHE: join(context.root, 'node_modules/.cache/compile'),
        DATABASE_URL: bench.config.url,
        ADMIN_DATABASE_URL: bench.loaderUrl,
        BACKUP_DATABASE_URL: bench.loaderUrl,
        WORKER_DATABASE_URL: bench.loaderUrl,
        ...backups,
      };
      const { stdout } = await run(process.execPath, [cli, 'backup', ...args, '--json'], {
        env,
        cwd: context.root,
        maxBuffer: OUTPUT_BYTES,
      });
      return JSON.parse(stdout) as Record<string, unknown>;
    },
    async countArchived(archive) {
      const counting = `"$0" --data-only --table=businesses --file=- "$1" | grep -c '^00000000-0000-7000'`;
      const child = spawn('sh', ['-c', counting, join(binDir, 'pg_restore'), archive], { env: context.env });
      let said = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
      await once(child, 'close');
      return Number(said);
    },
  };
}
