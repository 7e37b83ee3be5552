import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PlinthError } from '@plinth/db';
import type { Secrets } from '@plinth/db/embedded';
import type { Config } from '../config.js';
import { type Child, startChild } from './child.js';

/** Logins the worker must not have: it works as the worker role, and looks at the server as the readonly one. */
const withheld = ['ADMIN_DATABASE_URL', 'MIGRATE_DATABASE_URL', 'BACKUP_DATABASE_URL'];

/** Starts `plinth worker` as a process of its own, connected by `workerUrl` and `readonlyUrl`; secrets as for the API. */
export async function startWorkerProcess(options: {
  config: Config;
  repositoryRoot: string;
  nodeFlags: readonly string[];
  workerUrl: string;
  readonlyUrl: string | undefined;
  secrets: Secrets | undefined;
  logFile: string | undefined;
}): Promise<Child> {
  const { config, repositoryRoot, nodeFlags, workerUrl, readonlyUrl, secrets, logFile } = options;
  const fromSource = import.meta.url.endsWith('.ts');
  const entry = join(repositoryRoot, 'packages/scripts', fromSource ? 'src/cli.ts' : 'dist/cli.js');
  const kept = Object.entries(config.env).filter(([name, value]) => !withheld.includes(name) && value !== '');
  return await startChild({
    name: 'worker',
    args: [...nodeFlags, entry, 'worker'],
    cwd: repositoryRoot,
    env: {
      ...(secrets && { FIELD_KEYS: secrets.fieldKeys }),
      ...Object.fromEntries(kept),
      NODE_ENV: config.environment,
      PLINTH_HOME: config.home,
      DATABASE_URL: workerUrl,
      WORKER_DATABASE_URL: workerUrl,
      ...(readonlyUrl === undefined ? {} : { READONLY_DATABASE_URL: readonlyUrl }),
    },
    logFile,
  });
}

/** Waits until it runs. Throws `worker_failed` when it ends before, or says nothing for `timeoutMs`. */
export async function waitUntilWorks(worker: Child, timeoutMs: number, signal: AbortSignal): Promise<void> {
  const silence = sleep(timeoutMs, `no word from it for ${timeoutMs} ms`, { signal });
  silence.catch(() => {});
  const ended = worker.ended.then((how) => `it ended with ${how}`);
  const problem = await Promise.race([worker.said.then(() => undefined), ended, silence]);
  if (problem === undefined) return;
  throw new PlinthError('worker_failed', `the worker does not run: ${problem}`, {
    fix: 'read its output (above, or worker.log under PLINTH_HOME)',
  });
}
