import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PlinthError } from '@plinth/db';
import { exitCodes } from '../exit-codes.js';
import { type Child, startChild } from './child.js';

export interface ApiOptions {
  repositoryRoot: string;
  nodeFlags: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  /** Where its output goes; undefined: to our stderr. */
  logFile: string | undefined;
  /** Restart it when a source file changes (from source only). */
  watch: boolean;
}

export type ApiProcess = Child;

/**
 * Starts the API in a session of its own: the terminal's Ctrl-C reaches it through us, after which it drains.
 * It runs from source when this process does, from dist otherwise; scripts never import it.
 */
export async function startApi(options: ApiOptions): Promise<ApiProcess> {
  const { repositoryRoot, nodeFlags, env, logFile, watch } = options;
  const fromSource = import.meta.url.endsWith('.ts');
  const entry = join(repositoryRoot, 'packages/api', fromSource ? 'src/main.ts' : 'dist/main.js');
  const args = [...(watch ? ['--watch'] : []), ...nodeFlags, entry];
  return await startChild({ name: 'api', args, cwd: repositoryRoot, env, logFile });
}

/** Throws `port_taken` when something listens on this port of any address. */
export async function checkPort(port: number): Promise<void> {
  const code = await new Promise<string | undefined>((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code));
    server.listen({ port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
  if (code === 'EACCES') {
    throw new PlinthError('port_taken', `port ${port} may not be used by this user`, {
      fix: 'choose one from 1024 up: PORT=8081, or --port 8081',
    });
  }
  if (code !== undefined) {
    throw new PlinthError('port_taken', `port ${port} is in use by another program (${code})`, {
      fix: `end that program, or choose another port: PORT=${port === 65_535 ? 8080 : port + 1}, or --port`,
    });
  }
}

/** Waits until GET /ready answers 200. Throws `api_failed` when the API ends first, `api_not_ready` after `timeoutMs`. */
export async function waitUntilReady(
  api: ApiProcess,
  options: { url: string; timeoutMs: number; signal: AbortSignal; logFile: string | undefined },
): Promise<void> {
  const { url, timeoutMs, signal, logFile } = options;
  const where = logFile === undefined ? 'its output above' : logFile;
  const deadline = Date.now() + timeoutMs;
  for (let last = 'no answer'; ; await sleep(50, undefined, { signal })) {
    if (api.hasEnded()) {
      const how = await api.ended;
      const wrongSettings = how === `code ${exitCodes.usage}`;
      throw new PlinthError(
        wrongSettings ? 'config_invalid' : 'api_failed',
        wrongSettings ? 'the api refuses its settings' : `the api ended with ${how} before it was ready`,
        { fix: `read ${where}` },
      );
    }
    const answer = await fetch(`${url}/ready`, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
    if (answer?.status === 200) return;
    if (answer !== undefined) last = `${answer.status} ${(await answer.text()).slice(0, 200)}`;
    if (Date.now() > deadline) {
      throw new PlinthError('api_not_ready', `the api is not ready after ${timeoutMs} ms: ${last}`, {
        fix: `read ${where}, and \`plinth db status\``,
      });
    }
  }
}
