import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { PlinthError } from '@plinth/db';

export interface ToolOptions {
  program: string;
  args: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  stdin?: 'ignore' | 'pipe';
  stdout?: 'ignore' | 'pipe';
  signal?: AbortSignal | undefined;
  /** How long the program may take to end after SIGTERM before SIGKILL. */
  graceMs?: number;
  /** Ends that time at once. */
  hurry?: AbortSignal | undefined;
  /** Gets what the program says of its progress (--verbose), line by line; it is then no part of a failure's words. */
  onLine?: ((line: string) => void) | undefined;
}

export interface ToolProcess {
  child: ChildProcess;
  /** Resolves when the program has ended with 0. Rejects with `tool_failed` and the last lines it said, or with the abort's reason. */
  finished: Promise<void>;
  /** Ends it: SIGTERM, then SIGKILL. */
  stop(): Promise<void>;
}

const TAIL_CHARACTERS = 4_000;
/** What --verbose adds: everything that tells neither of an error nor of where it happened. */
const PROGRESS = /^pg_(?:dump|restore): (?!error:|detail:|hint:|warning:|fatal:|while |from TOC entry |\[)/;

/** Starts one of PostgreSQL's programs. Its messages stay English, whatever the machine's language. */
export function startTool(options: ToolOptions): ToolProcess {
  const {
    program,
    args,
    env,
    stdin = 'ignore',
    stdout = 'ignore',
    signal,
    hurry,
    graceMs = 10_000,
  } = options;
  const ownGroup = process.platform !== 'win32';
  // A group of its own: Ctrl-C in a terminal must reach it through us, which then know why it ended.
  const child = spawn(program, args, {
    detached: ownGroup,
    env: { ...env, LC_ALL: 'C' },
    stdio: [stdin, stdout, 'pipe'],
  });
  let said = '';
  const keep = (text: string) => {
    said = (said + text).slice(-TAIL_CHARACTERS);
  };
  const onLine = options.onLine;
  if (onLine === undefined) child.stderr?.setEncoding('utf8').on('data', keep);
  else if (child.stderr)
    createInterface({ input: child.stderr }).on('line', (line) =>
      PROGRESS.test(line) ? onLine(line) : keep(`${line}\n`),
    );
  // What the program does not read any more is its failure to explain, not the pipe's.
  child.stdin?.on('error', () => {});
  const closed = new Promise<{ code: number | null; by: string | null; error?: Error }>((resolve) => {
    child.once('error', (error) => resolve({ code: null, by: null, error }));
    child.once('close', (code, by) => resolve({ code, by }));
  });
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    const ended = once(child, 'exit');
    signalAll(child, 'SIGTERM', ownGroup);
    const over = new AbortController();
    const patience = AbortSignal.any([over.signal, ...(hurry ? [hurry] : [])]);
    await Promise.race([ended, sleep(graceMs, undefined, { signal: patience }).catch(() => {})]);
    over.abort();
    signalAll(child, 'SIGKILL', ownGroup);
    // A worker of it may hold the pipes open for as long as it likes.
    child.stdout?.destroy();
    child.stderr?.destroy();
    await closed;
  };
  const onAbort = () => void stop();
  if (signal?.aborted) onAbort();
  else signal?.addEventListener('abort', onAbort, { once: true });

  const finished = closed.then(({ code, by, error }) => {
    signal?.removeEventListener('abort', onAbort);
    if (signal?.aborted) throw signal.reason;
    if (code === 0) return;
    const name = program.slice(program.lastIndexOf('/') + 1);
    throw toolFailure(name, error?.message ?? (by === null ? `exit ${code}` : `signal ${by}`), said);
  });
  // The caller awaits it later; until then a failure is not "unhandled".
  finished.catch(() => {});
  return { child, finished, stop };
}

/** Runs a program to its end and answers what it wrote to stdout. */
export async function runTool(options: Omit<ToolOptions, 'stdout' | 'stdin'>): Promise<string> {
  const { child, finished } = startTool({ ...options, stdout: 'pipe' });
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  await finished;
  return text;
}

/** Signals the program and its workers. */
function signalAll(child: ChildProcess, signal: NodeJS.Signals, group: boolean): void {
  if (!group || child.pid === undefined) return void child.kill(signal);
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function toolFailure(name: string, how: string, said: string): PlinthError {
  const lines = said
    .trim()
    .split('\n')
    .filter((line) => line !== '');
  const text = lines.slice(-6).join('\n') || 'it said nothing';
  const message = `${name} ended with ${how}:\n${text}`;
  if (/No space left on device|could not extend file/.test(said)) {
    return new PlinthError('no_space', message, { fix: 'free space and run it again' });
  }
  if (/aborting because of server version mismatch|unsupported version .* in file header/.test(said)) {
    return new PlinthError('version_incompatible', message, {
      fix: 'install the client tools of the newer major',
    });
  }
  if (/lock timeout|canceling statement due to lock timeout/.test(said)) {
    return new PlinthError('locked', message, {
      fix: 'a migration or maintenance holds a table: run the backup after it',
    });
  }
  if (/row-level security/.test(said)) {
    return new PlinthError('privilege_missing', message, {
      fix: 'back up as plinth_backup (BACKUP_DATABASE_URL): it bypasses row security',
    });
  }
  return new PlinthError('tool_failed', message);
}
