import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { SOURCE_FLAGS } from '@plinth/db/testing';

/** A program that is started again whenever it ends, as a supervisor does. */
export interface Supervised {
  /** Sends a signal that the program may end of. */
  signal(name: NodeJS.Signals): void;
  /** Resolves when the program of now has ended. */
  ended(): Promise<void>;
  /** How often it ended although nobody had ended it, with what it said last. */
  readonly crashes: string[];
  /** Ends it for good, in an orderly way first. */
  stop(): Promise<void>;
}

const RESTART_AFTER_MS = 100;
const GRACE_MS = 20_000;
const KEPT = 4_000;

/** Starts a program of this repository from source and keeps it running. */
export function supervise(
  file: string,
  args: readonly string[],
  { env, cwd }: { env: Record<string, string>; cwd: string },
): Supervised {
  const crashes: string[] = [];
  let child: ChildProcess;
  let asked = false;
  let stopping = false;
  let gone: Promise<unknown>;

  function start(): void {
    asked = false;
    let said = '';
    child = spawn(process.execPath, [...SOURCE_FLAGS, file, ...args], {
      env,
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk) => {
        said = (said + chunk).slice(-KEPT);
      });
    gone = once(child, 'close').then(async ([code, signal]) => {
      if (!asked && !stopping)
        crashes.push(
          `${file} ended with ${signal ?? code}: ${said.trim().split('\n').slice(-5).join(' | ')}`,
        );
      if (stopping) return;
      await sleep(RESTART_AFTER_MS);
      if (!stopping) start();
    });
  }
  start();

  return {
    crashes,
    signal(name) {
      if (name !== 'SIGSTOP' && name !== 'SIGCONT') asked = true;
      child.kill(name);
    },
    async ended() {
      if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
    },
    async stop() {
      stopping = true;
      child.kill('SIGCONT');
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
      await gone;
      clearTimeout(timer);
    },
  };
}
