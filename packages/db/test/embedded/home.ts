import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { type EmbeddedServer, embeddedUrl, startEmbedded, stopEmbedded } from '../../src/embedded.js';
import { COMPILED, SOURCE_FLAGS } from '../../src/testing.js';

/** These servers hold nothing worth a crash-safe write. */
export const quick = { fsync: 'off', full_page_writes: 'off' };
export const isRoot = process.getuid?.() === 0;
const nobody = 65_534;

/** Runs `work` with an empty home; stops its server and removes it afterwards. */
export async function withHome(work: (home: string) => Promise<void>): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), 'plinth-embedded-'));
  try {
    await work(home);
  } finally {
    await stopEmbedded({ home });
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  }
}

export const start = (home: string, major: 15 | 18 = 15): Promise<EmbeddedServer> =>
  startEmbedded({ home, major, settings: quick });

/** Runs one statement as superuser. */
export async function query(home: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({
    connectionString: await embeddedUrl({ home, role: 'admin', database: 'postgres' }),
  });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

/** Words that run a program as an ordinary user that can read the repository wherever it lies; none when we are one. */
export const asOrdinaryUser = isRoot
  ? [
      ...['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups'],
      ...['--inh-caps=-all,+dac_read_search', '--ambient-caps=-all,+dac_read_search'],
      '--bounding-set=-all,+dac_read_search',
    ]
  : [];
export const ordinaryUid = isRoot ? nobody : process.getuid?.();

/** Starts a server from a process of its own, run by `prefix`; its answer is the JSON line it prints. */
export function startInChild(home: string, prefix: string[] = []): ChildProcess {
  const program = fileURLToPath(new URL('start-server.ts', import.meta.url));
  const words = [...prefix, process.execPath, ...SOURCE_FLAGS, program, home];
  const [command = '', ...args] = words;
  return spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, ...COMPILED, TMPDIR: '/tmp' },
  });
}

/** What a child printed, once it has ended. */
export async function outcomeOf(
  child: ChildProcess,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, stdout, stderr };
}
