import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { COMPILED, SOURCE_FLAGS } from '@plinth/db/testing';
import { expectNoSecrets } from './logged-secrets.js';
import { SETTINGS } from './settings.js';

/** The real main.ts as a process. */
export interface ApiProcess {
  child: ChildProcess;
  /** Where it listens. */
  url: string;
  /** Its log so far, parsed. */
  logs: Record<string, unknown>[];
  /** Everything it wrote to standard error. */
  errors: () => string;
  /** Resolves when it has ended. */
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Waits for a log line with this message. */
  logged(message: string): Promise<void>;
}

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
/** The same with its patience from TEST_PATIENCE. */
export const IMPATIENT_MAIN = fileURLToPath(new URL('./impatient-main.ts', import.meta.url));
const running = new Set<ChildProcess>();
/** What the processes of this test file logged. */
const logged: Record<string, unknown>[][] = [];

/** Starts main.ts without waiting for anything. `wrapper` runs it inside another command (unshare). */
export function spawnApi(
  env: Record<string, string | undefined>,
  wrapper: readonly string[] = [],
  main: string = MAIN,
) {
  const [command = '', ...args] = [...wrapper, process.execPath, ...SOURCE_FLAGS, main];
  const child = spawn(command, args, {
    // The test's own environment is not its: only what it is given, and where programs are.
    env: { PATH: process.env.PATH, ...COMPILED, ...SETTINGS, LOG_LEVEL: 'debug', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let errors = '';
  const logs: Record<string, unknown>[] = [];
  logged.push(logs);
  const waiting: { message: string; resolve: () => void }[] = [];
  child.stderr?.on('data', (data) => {
    errors += data;
  });
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
    const entry = JSON.parse(line) as Record<string, unknown>;
    logs.push(entry);
    for (const { message, resolve } of waiting) if (entry.msg === message) resolve();
  });
  const ended = once(child, 'close').then(([code, signal]) => {
    running.delete(child);
    return { code: code as number | null, signal: signal as NodeJS.Signals | null };
  });
  const hasLogged = (message: string) =>
    logs.some((entry) => entry.msg === message)
      ? Promise.resolve()
      : Promise.race([
          new Promise<void>((resolve) => waiting.push({ message, resolve })),
          ended.then(() => {
            throw new Error(`the api ended before it logged "${message}": ${errors}`);
          }),
        ]);
  return { child, logs, errors: () => errors, ended, logged: hasLogged };
}

/** Starts main.ts and waits until it listens. */
export async function startApi(
  env: Record<string, string | undefined>,
  wrapper: readonly string[] = [],
  main: string = MAIN,
): Promise<ApiProcess> {
  const api = spawnApi(env, wrapper, main);
  await api.logged('listening');
  const { port } = api.logs.find((entry) => entry.msg === 'listening') as { port: number };
  return { ...api, url: `http://127.0.0.1:${port}` };
}

/** Ends every process this test file started. Throws when one of them logged a secret. */
export async function endAll(): Promise<void> {
  const ends = [...running].map((child) => once(child, 'close'));
  for (const child of running) child.kill('SIGKILL');
  await Promise.all(ends);
  for (const lines of logged.splice(0)) expectNoSecrets(lines, []);
}
