import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { dropDatabase, urlFor, withClient } from '@plinth/db';
import { startTimeOf } from '@plinth/db/embedded';
import { SOURCE_FLAGS } from '@plinth/db/testing';
import { toolPath } from '../../src/backup/client-tools.js';
import { type RestoreStep, withRestored } from '../../src/backup/drill.js';
import { restoreSwap, restoreTo } from '../../src/backup/restore.js';
import { readContent } from '../../src/backup/snapshot.js';
import type { StoredSet } from '../../src/backup/store.js';
import { undoSwap } from '../../src/backup/swap.js';
import {
  abandonedScratch,
  type Fixture,
  hasTools,
  identity,
  opener,
  openFixture,
  tools,
} from './backup-fixture.js';
import type { RestoreChild } from './restore-child.js';

let fixture: Fixture;
let set: StoredSet;
let adminUrl: string;
let live: string;
/** Where dumps are unpacked. */
let work: string;
const made = new Set<string>();

beforeAll(async () => {
  // A small schema of its own: what is restored does not matter here, and each test restores it twice.
  fixture = await openFixture({ empty: true });
  await fixture.sql(`create table businesses (id int primary key, legal_name text); create table health_check (source text);
    insert into businesses select i, 'Business ' || i from generate_series(1, 200) i; alter table businesses owner to plinth_owner`);
  adminUrl = fixture.database.url('admin');
  live = fixture.database.name;
  work = await mkdtemp(join(tmpdir(), 'plinth-restore-kill-'));
  if (hasTools) set = await fixture.store.read((await fixture.create()).id);
  // What is in the live database and not in the backup.
  await fixture.sql("insert into health_check (source) values ('live')");
});
afterAll(async () => {
  for (const name of made) await dropDatabase(adminUrl, name);
  await rm(work, { recursive: true, force: true });
  await fixture.close();
});

function start(given: Partial<RestoreChild>) {
  const argument: RestoreChild = {
    ...{ root: fixture.store.place, id: set.id, identity, adminUrl, workFolder: work },
    ...{ how: 'drill', database: `${live}_copy`, step: 'none' },
    ...given,
  };
  const child = spawn(
    process.execPath,
    [...SOURCE_FLAGS, join(import.meta.dirname, 'restore-child.ts'), JSON.stringify(argument)],
    { env: { ...process.env, NODE_OPTIONS: '' }, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  return { child, said: () => said, ended: once(child, 'close') };
}

const options = () => ({
  ...{ store: fixture.store, set, opener, tools, adminUrl, workFolder: work, env: process.env },
  database: `${live}_copy`,
});
const query = async (database: string, sql: string) =>
  await withClient(urlFor(adminUrl, database), async (client) => (await client.query(sql)).rows);
const exists = async (database: string) =>
  (await query('postgres', `select from pg_database where datname = '${database}'`)).length === 1;
const contentOf = (database: string) =>
  withClient(
    urlFor(adminUrl, database),
    async (client) => (await readContent(client, 'hash')).content.tables,
  );
const isLive = async (database = live) =>
  (await query(database, "select from health_check where source = 'live'")).length === 1;
const nothingLeft = async () => {
  expect(await readdir(work)).toEqual([]);
  expect(await abandonedScratch(adminUrl)).toEqual([]);
};

(hasTools ? describe : describe.skip)('killed restores', () => {
  let before: Awaited<ReturnType<typeof contentOf>>;
  beforeEach(async () => {
    before = await contentOf(live);
  });

  test.each<RestoreStep>(['unpacked', 'scratch', 'restored', 'compared', 'prepared', 'renaming'])(
    'T28: killed after "%s" of a restore to a new name: neither that name nor the live database is touched, and the next run cleans up and succeeds',
    async (step) => {
      const run = start({ how: 'to', step });
      await run.ended;
      expect(run.said()).toBe(`at ${step}\n`);
      expect(await exists(`${live}_copy`)).toBe(false);
      expect(await contentOf(live)).toEqual(before);
      // The dump lies there in the clear until somebody removes it.
      expect(await readdir(work)).toHaveLength(1);
      const lines: string[] = [];
      made.add(`${live}_copy`);
      const { report } = await restoreTo({ ...options(), say: (line) => lines.push(line) });
      expect([report.ok, await isLive(`${live}_copy`)]).toEqual([true, false]);
      expect(lines.join('\n')).toMatch(/^removed .*\/plinth-restore-/);
      await dropDatabase(adminUrl, `${live}_copy`);
      await nothingLeft();
    },
  );

  test.each<RestoreStep>(['compared', 'prepared', 'renaming'])(
    'T28: killed after "%s" of a swap: the live database is the live one, and the next swap succeeds and can be undone',
    async (step) => {
      await start({ how: 'swap', database: live, step }).ended;
      expect([await isLive(), await contentOf(live)]).toEqual([true, before]);
      const { kept } = await restoreSwap({ ...options(), database: live });
      made.add(kept);
      expect([await isLive(), await isLive(kept)]).toEqual([false, true]);
      made.add((await undoSwap({ adminUrl, database: live })).kept);
      expect(await isLive()).toBe(true);
      await nothingLeft();
    },
  );

  test('T28: killed right after the renames of a swap: the restored one is live, and undo finds what was put aside', async () => {
    await start({ how: 'swap', database: live, step: 'renamed' }).ended;
    expect(await isLive()).toBe(false);
    const undone = await undoSwap({ adminUrl, database: live });
    made.add(undone.kept);
    expect([await isLive(), await contentOf(live)]).toEqual([true, before]);
    await withRestored(options(), async () => {});
    await nothingLeft();
  });

  test('T28: killed while pg_restore works: the next run ends it and drops what it was filling', async () => {
    const real = tools[0] as (typeof tools)[0];
    const bin = join(fixture.folder, 'slow-restore');
    mkdirSync(bin);
    for (const name of ['pg_dump', 'pg_dumpall', 'psql', 'pg_restore'] as const) {
      // It keeps a session on the database that it fills, under pg_restore's name.
      const hang =
        name === 'pg_restore'
          ? `case "$*" in *--exit-on-error*) export PGDATABASE="$(echo "$*" | grep -o 'plinth_scratch_[0-9a-f]*')"; echo $$ > ${bin}/pid; exec ${toolPath(real, 'psql')} -X -c 'create table half ()' -c 'select pg_sleep(120)';; esac\n`
          : '';
      writeFileSync(join(bin, name), `#!/bin/sh\n${hang}exec ${toolPath(real, name)} "$@"\n`);
      chmodSync(join(bin, name), 0o755);
    }
    const run = start({ how: 'to', path: bin });
    let filling: string | undefined;
    for (let tries = 0; tries < 400 && filling === undefined; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      filling = await beingFilled();
    }
    run.child.kill('SIGKILL');
    await run.ended;
    const pid = Number(await readFile(join(bin, 'pid'), 'utf8'));
    expect([await startTimeOf(pid), await exists(filling ?? '')]).toEqual([expect.any(String), true]);
    const lines: string[] = [];
    expect(
      await withRestored({ ...options(), say: (line) => lines.push(line) }, async (_, { ok }) => ok),
    ).toBe(true);
    // Other test files use the server too: it may also have dropped what they left.
    expect(lines).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^ended the pg_restore/),
        expect.stringMatching(/^removed /),
        expect.stringContaining(`dropped ${filling}`),
      ]),
    );
    expect([await startTimeOf(pid), await contentOf(live)]).toEqual([undefined, before]);
    await nothingLeft();
  });

  test('what belongs to a run that is alive is left alone', async () => {
    await withRestored(options(), async ({ name }) => {
      const [folder] = await readdir(work);
      await withRestored(options(), async () => {});
      expect([existsSync(join(work, folder as string)), await exists(name)]).toEqual([true, true]);
    });
    await nothingLeft();
  });

  test('two restores to one name at once: one has it, whole, and the other is refused', async () => {
    made.add(`${live}_copy`);
    const runs = [start({ how: 'to' }), start({ how: 'to' })];
    await Promise.all(runs.map(({ ended }) => ended));
    expect(runs.map(({ said }) => said()).sort()).toEqual(['done\n', 'failed refused\n']);
    expect(await query(`${live}_copy`, 'select count(*)::int from businesses')).toEqual([{ count: 200 }]);
    await dropDatabase(adminUrl, `${live}_copy`);
    await nothingLeft();
  });

  test('what appears in an empty target while the backup is restored is not lost', async () => {
    made.add(`${live}_copy`);
    await query('postgres', `create database "${live}_copy"`);
    const late = restoreTo({
      ...options(),
      onStep: async (step) => {
        if (step === 'compared') await query(`${live}_copy`, 'create table mine ()');
      },
    });
    await expect(late).rejects.toMatchObject({ code: 'refused' });
    expect(await query(`${live}_copy`, 'select from mine')).toEqual([]);
    await dropDatabase(adminUrl, `${live}_copy`);
    await nothingLeft();
  });
});

/** The scratch database in which the pg_restore that hangs is at work. */
async function beingFilled(): Promise<string | undefined> {
  const sessions = await query(
    'postgres',
    "select datname from pg_stat_activity where query = 'select pg_sleep(120)' and datname like 'plinth_scratch_%' and application_name = 'plinth restore'",
  );
  return sessions[0]?.datname;
}
