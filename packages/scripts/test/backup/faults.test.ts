import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { withClient } from '@plinth/db';
import { SOURCE_FLAGS } from '@plinth/db/testing';
import { type ClientTools, toolPath } from '../../src/backup/client-tools.js';
import type { CreateStep } from '../../src/backup/create.js';
import { codeOf, type Fixture, hasTools, key, openFixture, tools } from './backup-fixture.js';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture({ rows: 20_000, audited: false });
});
afterAll(() => fixture.close());

const steps: CreateStep[] = ['locked', 'staged', 'snapshot', 'dumped', 'content', 'globals', 'readBack'];

/** A run of its own process. `limitKb` caps the size of any file it writes, as a full disk would. */
function start(given: { step?: string; jobs?: number; limitKb?: number; small?: boolean }) {
  const disk = join(fixture.folder, 'small-disk');
  if (given.small) mkdirSync(disk, { recursive: true });
  const argument = JSON.stringify({
    root: given.small ? disk : fixture.store.place,
    fill: given.small === true,
    url: fixture.database.url('backup'),
    recipients: key.recipients,
    step: given.step ?? 'none',
    jobs: given.jobs ?? 1,
  });
  const node = [process.execPath, ...SOURCE_FLAGS, join(import.meta.dirname, 'crash-child.ts'), argument];
  const limit = given.limitKb === undefined ? '' : `ulimit -f ${given.limitKb};`;
  // A disk of its own, gone with the process.
  const mount = given.small ? `mount -t tmpfs -o size=40m tmpfs ${disk} && ` : '';
  const env = { ...process.env, NODE_OPTIONS: '' };
  const shell = ['bash', '-c', `${mount}${limit} exec "$@"`, 'bash', ...node];
  const [program = '', ...args] = given.small
    ? ['unshare', '--user', '--map-root-user', '--mount', ...shell]
    : shell;
  const child = spawn(program, args, {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  return { said: () => said, ended: once(child, 'close') };
}

const leftovers = () => readdir(join(fixture.store.place, '.staging'));

/** A pg_dump that does what the script says; the other programs are the real ones. */
function fakeTools(script: string): ClientTools[] {
  const real = tools[0] as ClientTools;
  const binDir = join(fixture.folder, `fake-${Math.random().toString(36).slice(2)}`);
  mkdirSync(binDir);
  for (const name of ['pg_dumpall', 'pg_restore', 'psql'] as const)
    writeFileSync(join(binDir, name), `#!/bin/sh\nexec ${toolPath(real, name)} "$@"\n`);
  writeFileSync(
    join(binDir, 'pg_dump'),
    `#!/bin/bash\n${script.replaceAll('REAL', toolPath(real, 'pg_dump'))}\n`,
  );
  for (const name of ['pg_dump', 'pg_dumpall', 'pg_restore', 'psql']) chmodSync(join(binDir, name), 0o755);
  return [{ ...real, binDir }];
}

(hasTools ? describe : describe.skip)('backup faults', () => {
  test.each(steps)(
    'killed after "%s": nothing is listed, and the next run cleans up and succeeds',
    async (step) => {
      const before = await fixture.store.ids();
      const run = start({ step });
      await run.ended;
      expect(run.said()).toBe(`at ${step}\n`);
      expect(await fixture.store.ids()).toEqual(before);
      const { id } = await fixture.create();
      expect(await fixture.store.ids()).toEqual([...before, id]);
      expect(await leftovers()).toEqual([]);
    },
  );

  test('killed right after the commit: the set is listed and whole', async () => {
    const before = await fixture.store.ids();
    const run = start({ step: 'committed' });
    await run.ended;
    const [id] = (await fixture.store.ids()).filter((name) => !before.includes(name));
    expect((await fixture.store.read(id as string)).manifest.id).toBe(id);
  });

  test('cancelled in the middle: pg_dump is gone, nothing is listed, nothing is left', async () => {
    const before = await fixture.store.ids();
    const cancel = new AbortController();
    const making = fixture.create({
      signal: cancel.signal,
      tools: fakeTools('REAL "$@" & pid=$!; trap "kill $pid; exit 1" TERM; sleep 60 & wait'),
      onStep: (step) => {
        if (step === 'snapshot') setTimeout(() => cancel.abort(), 200);
      },
    });
    expect(await codeOf(making)).toBe(20); // AbortError
    expect(await fixture.store.ids()).toEqual(before);
    expect(await leftovers()).toEqual([]);
  });

  test('pg_dump killed half way: the run fails and keeps nothing', async () => {
    const failing = fixture.create({ tools: fakeTools('REAL "$@" | head -c 20000; exit 137') });
    expect(await codeOf(failing)).toBe('tool_failed');
    expect(await leftovers()).toEqual([]);
  });

  test('a truncated dump with exit code 0 is not believed', async () => {
    expect(await codeOf(fixture.create({ tools: fakeTools('REAL "$@" | head -c 200000; exit 0') }))).toBe(
      'backup_corrupt',
    );
    expect(await leftovers()).toEqual([]);
  });

  test('a pg_dump that hangs, and ignores SIGTERM, is ended as stalled', async () => {
    const started = performance.now();
    const stalling = fixture.create({
      stallMs: 500,
      graceMs: 200,
      tools: fakeTools('trap "" TERM; while true; do sleep 0.1; done'),
    });
    expect(await codeOf(stalling)).toBe('stalled');
    expect(performance.now() - started).toBeLessThan(8_000);
    expect(await leftovers()).toEqual([]);
  });

  test('sessions terminated by an administrator fail the run', async () => {
    const failing = fixture.create({
      tools: fakeTools('sleep 0.5; REAL "$@"'),
      onStep: async (step) => {
        if (step === 'snapshot')
          await fixture.sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'plinth backup' AND datname = current_database()",
          );
      },
    });
    expect(await codeOf(failing)).toMatch(/^(tool_failed|connection_lost)$/);
    expect(await leftovers()).toEqual([]);
  });

  test('a dump whose session an administrator ends in the middle of a table fails and keeps nothing', async () => {
    let ended = 0;
    let over = false;
    const failing = fixture.create({
      // The pipe is full after 64 KiB: pg_dump waits in the middle of its COPY.
      tools: fakeTools('set -o pipefail; REAL "$@" | (sleep 2; cat)'),
      onStep: (step) => {
        if (step === 'snapshot') void endCopies();
      },
    });
    const endCopies = async () => {
      while (!over && ended === 0) {
        const found =
          await fixture.sql(`SELECT pg_terminate_backend(a.pid) FROM pg_stat_activity a JOIN pg_stat_progress_copy USING (pid)
           WHERE a.application_name LIKE 'backup:%' AND a.datname = current_database()`);
        ended = found.length;
      }
    };
    const code = await codeOf(failing);
    over = true;
    expect(code).toBe('tool_failed');
    expect(ended).toBe(1);
    expect(await leftovers()).toEqual([]);
  });

  test('DDL waits until the dump is over, and a table made meanwhile is not in it', async () => {
    let waited = '';
    const { manifest } = await fixture.create({
      onStep: async (step) => {
        if (step !== 'snapshot') return;
        await fixture.sql('CREATE TABLE made_meanwhile (id int)');
        waited = await codeOf(
          fixture.sql("SET lock_timeout = '200ms'; ALTER TABLE businesses ADD COLUMN meanwhile int"),
        );
      },
    });
    expect(waited).toBe('lock_timeout');
    expect(manifest.content.tables.map(({ name }) => name)).not.toContain('made_meanwhile');
    await fixture.sql(
      'ALTER TABLE businesses ADD COLUMN meanwhile int; ALTER TABLE businesses DROP COLUMN meanwhile',
    );
    await fixture.sql('DROP TABLE made_meanwhile');
  });

  test('a full disk is named and leaves nothing', async () => {
    const before = await fixture.store.ids();
    const run = start({ limitKb: 100 });
    await run.ended;
    expect(run.said()).toBe('failed no_space\n');
    expect(await fixture.store.ids()).toEqual(before);
    expect(await leftovers()).toEqual([]);
  });

  const mountable = spawnSync('unshare', ['--user', '--map-root-user', '--mount', 'true']).status === 0;
  (mountable ? test : test.skip)(
    'a disk that is full when the manifest is written is named and leaves nothing',
    async () => {
      const run = start({ step: 'readBack', small: true });
      await run.ended;
      expect(run.said()).toBe('filled\nfailed no_space\nlisted 0, left 0\n');
    },
  );

  test('too little space is noticed before anything is dumped', async () => {
    const store = { ...fixture.store, freeBytes: async () => 1_000_000 };
    expect(await codeOf(fixture.create({ store }))).toBe('no_space');
  });

  test('a table locked by others ends the wait with a clear code', async () => {
    await withClient(fixture.database.url('admin'), async (client) => {
      await client.query('BEGIN');
      await client.query('LOCK TABLE businesses IN ACCESS EXCLUSIVE MODE');
      expect(await codeOf(fixture.create({ lockWaitMs: 300 }))).toBe('lock_timeout');
    });
  });

  test('a role that row security limits is refused, instead of saving a part', async () => {
    const role = `plinth_test_limited_${process.pid}`;
    await fixture.sql(`CREATE TABLE hidden (id int); ALTER TABLE hidden ENABLE ROW LEVEL SECURITY;
      CREATE ROLE ${role} LOGIN PASSWORD 'limited'; GRANT pg_read_all_data TO ${role};
      GRANT CONNECT ON DATABASE ${fixture.database.name} TO ${role}`);
    const url = new URL(fixture.database.url('admin'));
    [url.username, url.password] = [role, 'limited'];
    await expect(fixture.create({ url: url.href })).rejects.toMatchObject({
      code: 'privilege_missing',
      message: expect.stringMatching(/does not see all rows: .* has row security/),
    });
    const app = fixture.create({ url: fixture.database.url('app') });
    await expect(app).rejects.toMatchObject({
      code: 'privilege_missing',
      message: expect.stringMatching(/may not read/),
    });
    await fixture.sql(`DROP TABLE hidden; DROP OWNED BY ${role}; DROP ROLE ${role}`);
  });

  test('a server newer than every pg_dump is refused with both versions named', async () => {
    const old = tools.map((found) => ({ ...found, major: 14, version: '14.1' }));
    await expect(fixture.create({ tools: old })).rejects.toMatchObject({
      code: 'version_incompatible',
      message: expect.stringMatching(/major 15.*14\.1/),
    });
    await expect(fixture.create({ tools: [] })).rejects.toMatchObject({
      code: 'version_incompatible',
      message: expect.stringMatching(/none is installed/),
    });
  });

  test('no secret is in the arguments of any process', async () => {
    const [waiting] = fakeTools('while [ ! -e "$0.go" ]; do sleep 0.05; done; exec REAL "$@"') as [
      ClientTools,
    ];
    const program = toolPath(waiting, 'pg_dump');
    const making = fixture.create({ tools: [waiting] });
    let lines: string[] = [];
    const ours = () => lines.filter((line) => line.includes(`${program} `));
    await waitFor(() => {
      lines = execFileSync('ps', ['-eo', 'args', '-ww'], { encoding: 'utf8' }).split('\n');
      return ours().length > 0;
    });
    writeFileSync(`${program}.go`, '');
    await making;
    expect(ours()).toEqual([expect.stringContaining('--snapshot=')]);
    const { password } = new URL(fixture.database.url('backup'));
    expect(lines.filter((line) => line.includes(password))).toEqual([]);
  });

  test('a pg_dump that outlived its killed run is ended before its folder is removed', async () => {
    const run = start({ step: 'dumped', jobs: 2 });
    await run.ended;
    const sleeper: ChildProcess = spawn('sleep', ['60']);
    const [folder] = await leftovers();
    const stat = (await readFile(`/proc/${sleeper.pid}/stat`, 'utf8')).split(') ')[1]?.split(' ')[19];
    writeFileSync(
      join(fixture.store.place, '.staging', folder as string, 'dump.pid'),
      `${sleeper.pid} ${stat}`,
    );
    const ended = once(sleeper, 'exit');
    await fixture.create();
    expect((await ended)[1]).toBe('SIGKILL');
    expect(await leftovers()).toEqual([]);
  });
});

async function waitFor(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries++) {
    if (tries > 400) throw new Error('waited 20 s in vain');
    await sleep(50);
  }
}
