import { spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { PlinthError } from '@plinth/db';

/** A process that `up` looks after. */
export interface Child {
  pid: number;
  /** Resolves when it has ended, with how: `code 1`, `signal SIGKILL`. */
  ended: Promise<string>;
  /** True once it has ended. */
  hasEnded(): boolean;
  /** Resolves with its first message over IPC, by which a worker says that it runs; never where it sends none. */
  said: Promise<unknown>;
}

/**
 * Starts a Node process in a session of its own: the terminal's Ctrl-C reaches it through us. Its output goes to
 * `logFile`, or to our stderr. Throws `<name>_failed`.
 */
export async function startChild(options: {
  name: string;
  args: readonly string[];
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  logFile: string | undefined;
}): Promise<Child> {
  const { name, args, cwd, env, logFile } = options;
  const log = logFile === undefined ? undefined : await open(logFile, 'a', 0o600);
  const sink = log?.fd ?? 2;
  const child = spawn(process.execPath, args, {
    cwd,
    detached: true,
    env: { ...env },
    stdio: ['ignore', sink, sink, 'ipc'],
  });
  const said = new Promise((resolve) => child.once('message', resolve));
  let over = false;
  const ended = new Promise<string>((resolve) => {
    const finish = (how: string) => {
      over = true;
      resolve(how);
    };
    child.once('error', (error) => finish(error.message));
    child.once('exit', (code, signal) => finish(signal === null ? `code ${code}` : `signal ${signal}`));
  });
  await log?.close();
  if (child.pid === undefined)
    throw new PlinthError(`${name}_failed`, `the ${name} did not start: ${await ended}`);
  if (logFile !== undefined) child.unref();
  return { pid: child.pid, ended, hasEnded: () => over, said };
}
