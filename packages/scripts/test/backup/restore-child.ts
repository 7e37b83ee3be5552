// Restores one backup and, at the step named by its argument, dies by kill -9; see restore-kill.test.ts.

import { createOpener } from '../../src/backup/age.js';
import { findClientTools } from '../../src/backup/client-tools.js';
import { type RestoreOptions, withRestored } from '../../src/backup/drill.js';
import { restoreSwap, restoreTo } from '../../src/backup/restore.js';
import { openLocalStore } from '../../src/backup/store.js';

export interface RestoreChild {
  root: string;
  id: string;
  identity: string;
  adminUrl: string;
  workFolder: string;
  how: 'drill' | 'to' | 'swap';
  database: string;
  /** Dies there; `none` for never. */
  step: string;
  /** Where pg_restore is looked for, before the usual places. */
  path?: string;
}

const given = JSON.parse(process.argv[2] ?? '{}') as RestoreChild;
const store = await openLocalStore(given.root);
const tools = await findClientTools(
  given.path === undefined
    ? { path: process.env.PATH }
    : { path: `${given.path}:${process.env.PATH}`, families: [] },
);
const options: RestoreOptions & { database: string } = {
  store,
  set: await store.read(given.id),
  opener: createOpener({ identities: [given.identity] }),
  tools,
  adminUrl: given.adminUrl,
  env: process.env,
  workFolder: given.workFolder,
  database: given.database,
  onStep: (step) => {
    if (step !== given.step) return;
    process.stdout.write(`at ${step}\n`);
    process.kill(process.pid, 'SIGKILL');
  },
};
try {
  if (given.how === 'to') await restoreTo(options);
  if (given.how === 'swap') await restoreSwap(options);
  if (given.how === 'drill') await withRestored(options, async () => {});
  process.stdout.write('done\n');
} catch (error) {
  const { code, message } = error as { code?: string; message: string };
  process.stdout.write(`failed ${code ?? message}\n`);
  process.exitCode = 1;
}
