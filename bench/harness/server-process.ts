import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { SOURCE_FLAGS } from '@plinth/db/testing';

/** What a server may grow by while it serves a steady load, once a first load has given its heap its working size. */
export const MAX_GROWTH_BYTES = 64 * 1_024 * 1_024;

/** A server as a process of its own, listening. */
export interface ServerProcess {
  port: number;
  /** Resident memory in bytes, as Linux counts it. */
  memory(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts a TypeScript file that logs `{"msg":"listening","port":...}`; its further output is read and dropped. */
export async function startServer(file: string, env: Record<string, string>): Promise<ServerProcess> {
  const args = [...SOURCE_FLAGS, file];
  const child: ChildProcess = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let errors = '';
  child.stderr?.on('data', (chunk) => {
    errors = (errors + chunk).slice(-4_000);
  });
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const port = await new Promise<number>((resolve, reject) => {
    lines.on('line', (line) => {
      const { msg, port: given } = JSON.parse(line) as { msg?: string; port?: number };
      if (msg === 'listening' && given !== undefined) resolve(given);
    });
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code}: ${errors}`)));
  });
  lines.removeAllListeners('line');
  lines.close();
  // Logging stays on and costs the server what it costs; reading it must cost this process nothing.
  child.stdout?.resume();
  return {
    port,
    async memory() {
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
      return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1_024;
    },
    async stop() {
      if (child.exitCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}
