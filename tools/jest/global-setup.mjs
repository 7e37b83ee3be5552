import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Starts the keeper of the test servers and puts their addresses where packages/db/src/testing.ts reads them. */
export default async function startServers() {
  // Its own process group: Ctrl-C must reach it as "standard input closed", after the tests have let go.
  const keeper = spawn(
    process.execPath,
    ['--import', `${root}packages/db/bin/source.mjs`, `${root}tools/jest/servers.ts`],
    {
      cwd: root,
      detached: true,
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, NODE_OPTIONS: '' },
    },
  );
  globalThis.plinthServers = keeper;
  const [line] = await Promise.race([
    once(createInterface({ input: keeper.stdout }), 'line'),
    once(keeper, 'exit').then(([code]) => {
      throw new Error(`the test servers did not start (tools/jest/servers.ts ended with ${code})`);
    }),
  ]);
  const { urls, passwords } = JSON.parse(line);
  process.env.PLINTH_TEST_ADMIN_URL = urls[0];
  process.env.PLINTH_TEST_ADMIN_URL_18 = urls[1];
  process.env.PLINTH_TEST_PASSWORDS = JSON.stringify(passwords);
  keeper.unref();
}
