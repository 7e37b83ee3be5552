import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stopEmbedded } from '@plinth/db/embedded';
import { COMPILED, SOURCE_FLAGS } from '@plinth/db/testing';

export const repositoryRoot = fileURLToPath(new URL('../../..', import.meta.url));

/** Below the limit of a test (jest.config.mjs). */
const LIMIT_MS = 150_000;

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Starts the command line as a process of its own, with nothing of our environment but PATH and where Node keeps compiled files. */
export function startPlinth(
  args: string[],
  env: Record<string, string>,
  root = repositoryRoot,
  input?: string,
): ChildProcess {
  const cli = join(root, 'packages/scripts/src/cli.ts');
  const flags = [...SOURCE_FLAGS];
  const child = spawn(process.execPath, [...flags, cli, ...args], {
    cwd: tmpdir(),
    env: { PATH: process.env.PATH, ...COMPILED, ...env },
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    // A group of its own, as a terminal would give it: a test sends Ctrl-C to all of it.
    detached: true,
  });
  child.stdin?.end(input);
  return child;
}

/** Reads a process to its end. */
export async function outcomeOf(child: ChildProcess): Promise<Outcome> {
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

/** Runs `plinth <args>` to its end; one that does not end is killed and named, with what it said. */
export async function plinth(args: string[], env: Record<string, string>): Promise<Outcome> {
  const child = startPlinth(args, env);
  let isOverdue = false;
  const limit = setTimeout(() => {
    isOverdue = child.kill('SIGKILL');
  }, LIMIT_MS);
  const outcome = await outcomeOf(child).finally(() => clearTimeout(limit));
  if (isOverdue)
    throw new Error(`plinth ${args.join(' ')} did not end\n${outcome.stdout}\n${outcome.stderr}`);
  return outcome;
}

/** An empty PLINTH_HOME; `remove` stops what runs in it. */
export async function createHome(): Promise<{ home: string; remove: () => Promise<void> }> {
  const home = await mkdtemp(join(tmpdir(), 'plinth-cli-'));
  return {
    home,
    async remove() {
      await stopEmbedded({ home });
      await rm(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
