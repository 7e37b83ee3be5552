import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@plinth/db/testing';
import type { BenchCase, CaseContext, Side } from '../harness/bench-case.js';

const pollMs = 25;
const readyDeadlineMs = 300_000;
const stopDeadlineMs = 60_000;
const outputKept = 4_000;

export const startUpCase: BenchCase = {
  name: 'start-up',
  question: 'how long does `npm start` take until /ready answers 200, in a bare clone and the second time?',
  sizes: (quick) => [{ name: 'npm start', callers: 1, operations: 1, warmups: 0, rounds: quick ? 1 : 5 }],
  async prepare(context) {
    const folder = await mkdtemp(join(tmpdir(), 'plinth-start-up-'));
    const commit = git('-C', context.root, 'rev-parse', 'HEAD').trim();
    let clones = 0;
    let clone = '';
    /** Leaves the clone behind: it is what the warm side starts again. */
    const startBare = async () => {
      if (clone !== '') await rm(clone, { recursive: true, force: true });
      clone = join(folder, `clone-${++clones}`);
      git('clone', '--quiet', context.root, clone);
      return await startAndStop(clone, context);
    };
    const startWarm = () => startAndStop(clone, context);
    // The first answer is that of the bare clone: it also fills the caches of npm and pnpm before anything is timed.
    const side = (name: string, start: () => Promise<Start>): Side => ({
      name,
      answer: async () => (await start()).ready,
      run: async () => (await start()).readyMs,
    });
    return {
      sides: [side('bare clone', startBare), side('second start', startWarm)],
      facts: {
        commit,
        timed: 'from starting npm until /ready answers 200; neither git clone nor the stop',
        network:
          'the bare clone needs the npm registry, with the caches of npm and pnpm warm; the second start needs none',
      },
      close: () => rm(folder, { recursive: true, force: true }),
    };
  },
};

interface Start {
  readyMs: number;
  /** What /ready said: status code and status. */
  ready: { code: number; status: unknown };
}

/** Starts the system in `folder`, waits for /ready, stops it as Ctrl-C does and waits until every process has ended. */
async function startAndStop(folder: string, { env, log }: CaseContext): Promise<Start> {
  const port = await freePort();
  const startedAt = performance.now();
  // A process group of its own, because Ctrl-C signals the whole group.
  const npm = spawn('npm', ['start'], {
    cwd: folder,
    env: { ...env, PORT: String(port) },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const keep = (chunk: string) => {
    output = (output + chunk).slice(-outputKept);
  };
  npm.stdout.setEncoding('utf8').on('data', keep);
  npm.stderr.setEncoding('utf8').on('data', keep);
  const closed = once(npm, 'close');
  try {
    const ready = await waitUntilReady(npm, port);
    const readyMs = performance.now() - startedAt;
    log(`${folder}: ready after ${Math.round(readyMs)} ms`);
    return { readyMs, ready };
  } catch (error) {
    throw new Error(`${(error as Error).message}; the end of its output:\n${output}`, { cause: error });
  } finally {
    await stop(npm, closed);
  }
}

async function waitUntilReady(npm: ChildProcess, port: number): Promise<Start['ready']> {
  const deadline = performance.now() + readyDeadlineMs;
  while (performance.now() < deadline) {
    if (npm.exitCode !== null) throw new Error(`npm start ended with ${npm.exitCode}`);
    const response = await fetch(`http://127.0.0.1:${port}/ready`).catch(() => undefined);
    const body = (await response?.json().catch(() => undefined)) as { status?: unknown } | undefined;
    if (response?.status === 200) return { code: 200, status: body?.status };
    await sleep(pollMs);
  }
  throw new Error(`npm start was not ready within ${readyDeadlineMs / 1000} s`);
}

/** Throws where the system does not stop by itself; then it is killed, so that a failed bench leaves nothing running. */
async function stop(npm: ChildProcess, closed: Promise<unknown>): Promise<void> {
  const group = -(npm.pid as number);
  if (npm.exitCode === null) process.kill(group, 'SIGINT');
  const late = new AbortController();
  const inTime = await Promise.race([
    closed.then(() => true),
    sleep(stopDeadlineMs, false, { signal: late.signal }).catch(() => false),
  ]);
  late.abort();
  if (inTime) return;
  process.kill(group, 'SIGKILL');
  throw new Error(`npm start did not stop within ${stopDeadlineMs / 1000} s of SIGINT`);
}

function git(...args: string[]): string {
  return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}
