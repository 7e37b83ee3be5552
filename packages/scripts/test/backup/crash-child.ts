// Makes one backup and, at the step named by its argument, dies by kill -9 or says what happens; see faults.test.ts.

import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findClientTools } from '../../src/backup/client-tools.js';
import { createBackup } from '../../src/backup/create.js';
import { openLocalStore } from '../../src/backup/store.js';

const given = JSON.parse(process.argv[2] ?? '{}') as {
  root: string;
  url: string;
  step: string;
  recipients: string[];
  jobs: number;
  /** At the step, fills the disk instead of dying. */
  fill?: boolean;
};
const store = await openLocalStore(given.root);
try {
  const { id } = await createBackup({
    store,
    url: given.url,
    tools: await findClientTools({ path: process.env.PATH }),
    env: process.env,
    zstdLevel: 3,
    key: { recipients: given.recipients },
    jobs: given.jobs,
    onStep: async (step) => {
      if (step !== given.step) return;
      if (given.fill) return fill();
      process.stdout.write(`at ${step}\n`);
      process.kill(process.pid, 'SIGKILL');
    },
  });
  process.stdout.write(`made ${id}\n`);
} catch (error) {
  const { code, message } = error as { code?: string; message: string };
  process.stdout.write(`failed ${code ?? message}\n`);
  process.exitCode = 1;
  if (given.fill) {
    const left = await readdir(join(given.root, '.staging'));
    process.stdout.write(`listed ${(await store.ids()).length}, left ${left.length}\n`);
  }
}

/** Takes every byte that is left. */
async function fill(): Promise<void> {
  for (const size of [1024 * 1024, 4096, 1]) {
    for (let number = 0; ; number++) {
      const path = join(given.root, `fill-${size}-${number}`);
      if (
        !(await writeFile(path, Buffer.alloc(size)).then(
          () => true,
          () => false,
        ))
      )
        break;
    }
  }
  process.stdout.write('filled\n');
}
