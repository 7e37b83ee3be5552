import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTimeOf } from '@plinth/db/embedded';
import { type ClientTools, toolPath } from '../../src/backup/client-tools.js';
import { outcomeOf, startPlinth } from '../plinth.js';
import { type Fixture, hasTools, key, openFixture, tools } from './backup-fixture.js';

/** Far below the 10 s that a pg_dump gets to end by itself, of which the pause between the signals is a part. */
const AT_ONCE_MS = 6_000;

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture.close());

/** A folder of client programs whose pg_dump notes its process id and ends by SIGKILL alone. */
function stubbornTools(): string {
  const real = tools[0] as ClientTools;
  const binDir = join(fixture.folder, 'stubborn');
  mkdirSync(binDir);
  for (const name of ['pg_dumpall', 'pg_restore', 'psql'] as const)
    writeFileSync(join(binDir, name), `#!/bin/sh\nexec ${toolPath(real, name)} "$@"\n`);
  writeFileSync(
    join(binDir, 'pg_dump'),
    `#!/bin/bash\ncase "$1" in --version) echo 'pg_dump (PostgreSQL) ${real.major}.99'; exit;; esac\n` +
      `trap '' TERM INT\necho $$ > ${binDir}/pid\nwhile true; do sleep 0.1; done\n`,
  );
  for (const name of ['pg_dump', 'pg_dumpall', 'pg_restore', 'psql']) chmodSync(join(binDir, name), 0o755);
  return binDir;
}

(hasTools ? describe : describe.skip)('backup create, interrupted', () => {
  test('T3: a second Ctrl-C ends at once with a pg_dump that ignores the first; nothing is listed, the next run succeeds', async () => {
    const binDir = stubbornTools();
    const { url } = fixture.database;
    const child = startPlinth(['backup', 'create', '--json'], {
      PATH: `${binDir}:${process.env.PATH}`,
      NODE_ENV: 'test',
      PLINTH_HOME: join(fixture.folder, 'home'),
      DATABASE_URL: url('app'),
      WORKER_DATABASE_URL: url('worker'),
      BACKUP_DATABASE_URL: url('backup'),
      BACKUP_DIR: fixture.store.place,
      BACKUP_RECIPIENT: key.recipients[0] as string,
    });
    const ending = outcomeOf(child);
    const dump = await pidOf(join(binDir, 'pid'));
    const group = -(child.pid as number);
    process.kill(group, 'SIGINT');
    // Signals that are closer than a second are one.
    await sleep(1_200);
    expect([child.exitCode, await startTimeOf(dump)]).toEqual([null, expect.any(String)]);
    const since = performance.now();
    process.kill(group, 'SIGINT');
    const { code, stdout } = await ending;
    expect(performance.now() - since).toBeLessThan(AT_ONCE_MS);
    expect([code, JSON.parse(stdout).error.code]).toEqual([130, 'cancelled']);
    expect(await startTimeOf(dump)).toBeUndefined();
    expect(await fixture.store.ids()).toEqual([]);
    const { id } = await fixture.create();
    expect(await fixture.store.ids()).toEqual([id]);
    expect(await readdir(join(fixture.store.place, '.staging'))).toEqual([]);
  });
});

async function pidOf(file: string): Promise<number> {
  for (let tries = 0; tries < 600; tries++) {
    const text = await readFile(file, 'utf8').catch(() => '');
    if (text.endsWith('\n')) return Number(text);
    await sleep(50);
  }
  throw new Error('pg_dump was not started within 30 s');
}
