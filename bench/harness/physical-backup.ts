import { execFile } from 'node:child_process';
import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { copyFile, mkdir, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { urlFor, withClient } from '@plinth/db';
import { freePort } from '@plinth/db/testing';
import type { CaseContext } from './bench-case.js';
import type { BenchDatabase } from './database.js';
import { folderBytes } from './folder-bytes.js';

const run = promisify(execFile);
const OUTPUT_BYTES = 16 * 1024 * 1024;

/**
 * pgBackRest on the bench's own cluster: the physical reference. It copies files, so it needs neither to read rows nor to
 * build indexes again, and restores no single table, and into no other major.
 */
export interface PhysicalBackup {
  /** A full backup of the cluster, encrypted and compressed with zstd. Answers its milliseconds. */
  create(): Promise<number>;
  /** From the repository to a server that answers. Answers its milliseconds; the server is stopped again. */
  restore(): Promise<number>;
  /** Restores and answers what `work` asks the restored server. */
  withRestored<T>(work: (url: string) => Promise<T>): Promise<T>;
  repositoryBytes(): Promise<number>;
  close(): Promise<void>;
}

/** Opens it in `folder`, or answers why this machine cannot. */
export async function openPhysicalBackup(
  bench: BenchDatabase,
  { root, env }: CaseContext,
  folder: string,
): Promise<PhysicalBackup | string> {
  const version = await run('pgbackrest', ['version']).catch(() => undefined);
  if (version === undefined) return 'pgbackrest is not installed';
  const url = new URL(bench.loaderUrl);
  const data = await withClient(bench.loaderUrl, async (client) => {
    const { rows } = await client.query<{ data: string }>("SELECT current_setting('data_directory') AS data");
    return rows[0]?.data ?? '';
  });
  const pidFile = join(data, 'postmaster.pid');
  if (!data.startsWith(root) || !existsSync(pidFile))
    return 'the server is not the bench’s own on this machine';
  const binDir = dirname(readlinkSync(`/proc/${readFileSync(pidFile, 'utf8').split('\n')[0]}/exe`));

  const home = join(folder, 'pgbackrest');
  const restored = join(home, 'restored');
  const connection = { PGHOST: url.hostname, PGPASSWORD: decodeURIComponent(url.password) };
  const pgbackrest = async (command: string, args: readonly string[]) => {
    const options = [
      '--stanza=bench',
      '--config=/dev/null',
      `--repo1-path=${home}/repo`,
      '--repo1-cipher-type=aes-256-cbc',
      `--log-path=${home}`,
      `--lock-path=${home}`,
      '--log-level-file=off',
      '--log-level-console=error',
    ];
    const cipher = { PGBACKREST_REPO1_CIPHER_PASS: 'a passphrase for the bench only' };
    await run('pgbackrest', [...options, ...args, command], { env: { ...env, ...connection, ...cipher } });
  };
  const source = [
    `--pg1-path=${data}`,
    `--pg1-port=${url.port}`,
    `--pg1-user=${decodeURIComponent(url.username)}`,
    `--pg1-database=${url.pathname.slice(1)}`,
  ];
  const walFile = () =>
    withClient(bench.loaderUrl, async (client) => {
      const { rows } = await client.query<{ name: string }>(
        'SELECT pg_walfile_name(pg_current_wal_insert_lsn()) AS name',
      );
      return rows[0]?.name ?? '';
    });
  const keepWal = async (first: string, last: string) => {
    await mkdir(join(home, 'wal'));
    for (const name of await readdir(join(data, 'pg_wal')))
      if (name >= first && name <= last) await copyFile(join(data, 'pg_wal', name), join(home, 'wal', name));
  };
  // As root in a user namespace of its own: postgres refuses to be root.
  const pgCtl = async (args: readonly string[]) => {
    const mapped = [
      '--user',
      '--map-user=1000',
      '--map-group=1000',
      join(binDir, 'pg_ctl'),
      '-D',
      restored,
      '-w',
    ];
    const [program, rest] =
      process.getuid?.() === 0
        ? (['unshare', mapped] as const)
        : ([mapped[3] as string, mapped.slice(4)] as const);
    await run(program, [...rest, ...args], { env, maxBuffer: OUTPUT_BYTES });
  };
  const start = async () => {
    const port = await freePort();
    const startedAt = performance.now();
    const recovery = `--recovery-option=restore_command=cp ${home}/wal/%f %p`;
    await pgbackrest('restore', [`--pg1-path=${restored}`, '--process-max=2', recovery]);
    await pgCtl([
      '-l',
      join(home, 'restored.log'),
      '-o',
      `-p ${port} -c unix_socket_directories=''`,
      'start',
    ]);
    const at = new URL(bench.loaderUrl);
    at.port = String(port);
    await withClient(at.href, (client) => client.query('SELECT 1'));
    return { url: at.href, ms: performance.now() - startedAt };
  };
  const stop = async () => {
    await pgCtl(['-m', 'immediate', 'stop']);
    await rm(restored, { recursive: true });
  };
  return {
    async create() {
      await rm(home, { recursive: true, force: true });
      await mkdir(join(home, 'repo'), { recursive: true });
      await pgbackrest('stanza-create', source);
      const from = await walFile();
      const startedAt = performance.now();
      const options = [
        '--type=full',
        '--process-max=2',
        '--compress-type=zst',
        '--start-fast',
        '--repo1-retention-full=1',
      ];
      // Instead of an archive, for which the cluster would have to be set up: what was written meanwhile is put aside.
      await pgbackrest('backup', [...source, ...options, '--no-archive-check']);
      const ms = performance.now() - startedAt;
      await keepWal(from, await walFile());
      return ms;
    },
    async restore() {
      await mkdir(restored, { mode: 0o700 });
      const { ms } = await start();
      await stop();
      return ms;
    },
    async withRestored(work) {
      await mkdir(restored, { mode: 0o700 });
      const { url: at } = await start();
      try {
        return await work(urlFor(at, url.pathname.slice(1)));
      } finally {
        await stop();
      }
    },
    repositoryBytes: () => folderBytes(join(home, 'repo')),
    close: () => rm(home, { recursive: true, force: true }),
  };
}
