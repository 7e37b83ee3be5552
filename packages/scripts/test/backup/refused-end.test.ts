import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTimeOf } from '@plinth/db/embedded';
import { type ClientTools, toolPath } from '../../src/backup/client-tools.js';
import { drillBackup } from '../../src/backup/drill.js';
import { outcomeOf, startPlinth } from '../plinth.js';
import {
  abandonedScratch,
  commandEnv,
  type Fixture,
  hasTools,
  identity,
  opener,
  openFixture,
  tools,
} from './backup-fixture.js';

/** Far below the 10 s that a program gets to end by itself, of which the pause between the signals is a part. */
const AT_ONCE_MS = 6_000;

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture.close());

/** A folder of client programs, of which one notes its process id and ends by SIGKILL alone when it comes to its work. */
function stubbornTools(stubborn: 'pg_dump' | 'pg_restore'): string {
  const real = tools[0] as ClientTools;
  const binDir = mkdtempSync(join(fixture.folder, 'stubborn-'));
  const work = { pg_dump: '--snapshot', pg_restore: '--exit-on-error' }[stubborn];
  const hang = `case "$*" in *${work}*) trap '' TERM INT; echo $$ > ${binDir}/pid; while true; do sleep 0.1; done;; esac\n`;
  // A version of its own, found on PATH before the system's.
  const version = `case "$1" in --version) echo 'pg_dump (PostgreSQL) ${real.major}.99'; exit;; esac\n`;
  for (const name of ['pg_dump', 'pg_dumpall', 'pg_restore', 'psql'] as const) {
    const text = `${name === 'pg_dump' ? version : ''}${name === stubborn ? hang : ''}`;
    writeFileSync(join(binDir, name), `#!/bin/bash\n${text}exec ${toolPath(real, name)} "$@"\n`);
    chmodSync(join(binDir, name), 0o755);
  }
  return binDir;
}

/** Interrupts a command twice while its stubborn program works; answers how it ended. */
async function interruptTwice(
  args: string[],
  binDir: string,
): Promise<{ code: number | null; stdout: string }> {
  const child = startPlinth(args, {
    ...commandEnv(fixture),
    PATH: `${binDir}:${process.env.PATH}`,
    TMPDIR: fixture.folder,
    ADMIN_DATABASE_URL: fixture.database.url('admin'),
    BACKUP_IDENTITY_FILE: join(fixture.folder, 'key.txt'),
  });
  const ending = outcomeOf(child);
  const program = await pidOf(join(binDir, 'pid'));
  const group = -(child.pid as number);
  process.kill(group, 'SIGINT');
  // Signals that are closer than a second are one.
  await sleep(1_200);
  expect([child.exitCode, await startTimeOf(program)]).toEqual([null, expect.any(String)]);
  const since = performance.now();
  process.kill(group, 'SIGINT');
  const { code, stdout } = await ending;
  expect(performance.now() - since).toBeLessThan(AT_ONCE_MS);
  expect(await startTimeOf(program)).toBeUndefined();
  return { code, stdout };
}

(hasTools ? describe : describe.skip)('backup command, interrupted', () => {
  test('T3: a second Ctrl-C ends at once with a pg_dump that ignores the first; nothing is listed, the next run succeeds', async () => {
    const { code, stdout } = await interruptTwice(['backup', 'create', '--json'], stubbornTools('pg_dump'));
    expect([code, JSON.parse(stdout).error.code]).toEqual([130, 'cancelled']);
    expect(await fixture.store.ids()).toEqual([]);
    const { id } = await fixture.create();
    expect(await fixture.store.ids()).toEqual([id]);
    expect(await readdir(join(fixture.store.place, '.staging'))).toEqual([]);
  });

  test.each([
    ['drill', ['backup', 'drill', '--json']],
    ['restore', ['backup', 'restore', '--to', 'plinth_never_restored', '--json']],
  ])(
    'a second Ctrl-C ends a %s at once with a pg_restore that ignores the first, and is no burden to the next run',
    async (_what, args) => {
      writeFileSync(join(fixture.folder, 'key.txt'), `${identity}\n`);
      const set = await fixture.store.read((await fixture.create()).id);
      const { code, stdout } = await interruptTwice(args, stubbornTools('pg_restore'));
      expect([code, JSON.parse(stdout).error.code]).toEqual([130, 'cancelled']);
      const adminUrl = fixture.database.url('admin');
      const { store, folder: workFolder } = fixture;
      expect((await drillBackup({ store, set, opener, tools, adminUrl, workFolder })).problems).toEqual([]);
      expect(await abandonedScratch(adminUrl)).toEqual([]);
      expect((await readdir(workFolder)).filter((name) => name.startsWith('plinth-restore-'))).toEqual([]);
    },
  );
});

async function pidOf(file: string): Promise<number> {
  for (let tries = 0; tries < 600; tries++) {
    const text = await readFile(file, 'utf8').catch(() => '');
    if (text.endsWith('\n')) return Number(text);
    await sleep(50);
  }
  throw new Error('the program was not started within 30 s');
}
