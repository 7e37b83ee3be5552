import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { SOURCE_FLAGS } from '@plinth/db/testing';

/** How a `plinth` command ended. */
export interface CommandOutcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a file of this repository to its end, with this environment and nothing else. */
export async function runCommand(
  file: string,
  args: readonly string[],
  { env, cwd }: { env: Record<string, string>; cwd: string },
): Promise<CommandOutcome> {
  const child = spawn(process.execPath, [...SOURCE_FLAGS, file, ...args], {
    env,
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const [code] = await once(child, 'close');
  return { code: code as number | null, stdout, stderr };
}
