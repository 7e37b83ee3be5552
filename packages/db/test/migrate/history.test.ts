import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect as connectSocket, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { repairMigration } from '../../src/migrate/repair.js';
import { migrationHistory, migrationStatus } from '../../src/migrate/status.js';
import { migrateUp } from '../../src/migrate/up.js';
import { prismaRows, withPlace } from './runner.js';

const two = [
  { up: 'create table a ();\n', down: 'drop table a;\n' },
  { up: 'create table b ();\n', down: 'drop table b;\n' },
];
const names = ['20260101000000_step', '20260101000001_step'];

test('the status of each migration is what acceptance reads, for every role that may look', async () => {
  await withPlace([...two, { up: 'select 1' }], async ({ url, dir, up, database }) => {
    await up({ to: names[1] as string, runner: { appVersion: '1.2.3' } });
    const { migrations } = await migrationStatus({ url, dir });
    expect(migrations).toMatchObject([
      { name: names[0], state: 'applied', hasDown: true, appVersion: '1.2.3' },
      { name: names[1], state: 'applied', hasDown: true, appVersion: '1.2.3' },
      {
        name: '20260101000002_step',
        state: 'pending',
        hasDown: false,
        appliedAt: null,
        durationMs: null,
        appVersion: null,
      },
    ]);
    for (const { appliedAt, durationMs, checksum } of migrations.slice(0, 2)) {
      expect(Math.abs(Date.now() - Date.parse(appliedAt ?? ''))).toBeLessThan(60_000);
      expect(durationMs).toBeGreaterThan(0);
      expect(checksum).toMatch(/^[0-9a-f]{64}$/);
    }
    expect((await migrationStatus({ url: database.url('readonly'), dir })).migrations).toEqual(migrations);
  });
});

test('an edited file is refused and named, and accepted with who and why; line ends are no edit', async () => {
  await withPlace(two, async ({ url, dir, up, edit }) => {
    await up();
    await edit(0, 'migration.sql', 'create table a ();\r\n');
    expect((await up()).applied).toEqual([]);
    await edit(0, 'migration.sql', '-- why\ncreate table a ();\n');
    await expect(up()).rejects.toMatchObject({
      code: 'history_diverged',
      message: expect.stringContaining(`${names[0]} was edited`),
    });
    expect((await migrationStatus({ url, dir })).migrations[0]).toMatchObject({ state: 'edited' });
    const repair = { url, dir, action: 'accept', name: names[0] as string, runner: { who: 'ada' } } as const;
    await expect(repairMigration({ ...repair, why: ' ' })).rejects.toMatchObject({ code: 'usage' });
    expect(await repairMigration({ ...repair, why: 'only a comment' })).toMatchObject({
      before: 'edited',
      after: 'applied',
    });
    expect((await up()).applied).toEqual([]);
    const { events } = await migrationHistory({ url });
    expect(events[0]).toMatchObject({
      action: 'repair',
      name: names[0],
      who: 'ada',
      why: 'accept: only a comment',
    });
    await expect(repairMigration({ ...repair, why: 'again' })).rejects.toMatchObject({ code: 'usage' });
  });
});

test('a missing folder is refused, and restored byte by byte from the database', async () => {
  await withPlace(two, async ({ url, dir, up }) => {
    await up();
    await rm(join(dir, names[0] as string), { recursive: true });
    await expect(up()).rejects.toMatchObject({
      code: 'history_diverged',
      message: expect.stringContaining('missing'),
    });
    const restored = await repairMigration({
      url,
      dir,
      action: 'restore',
      name: names[0] as string,
      why: 'lost in a merge',
    });
    expect(restored).toMatchObject({ before: 'missing', after: 'applied' });
    expect(await readFile(join(dir, names[0] as string, 'migration.sql'), 'utf8')).toBe(two[0]?.up);
    expect(await readFile(join(dir, names[0] as string, 'down.sql'), 'utf8')).toBe(two[0]?.down);
    expect((await up()).applied).toEqual([]);
  });
});

test('a migration older than the newest applied one is refused, and applied when asked for', async () => {
  await withPlace(
    [...two, { name: '20251231000000_late', up: 'create table late ()' }],
    async ({ url, dir, up, rows }) => {
      await rm(join(dir, '20251231000000_late'), { recursive: true });
      await up();
      await mkdirWith(join(dir, '20251231000000_late'), 'create table late ()');
      expect((await migrationStatus({ url, dir })).migrations[0]).toMatchObject({ state: 'out_of_order' });
      await expect(up()).rejects.toMatchObject({
        code: 'history_diverged',
        fix: expect.stringContaining('--allow-out-of-order'),
      });
      expect((await up({ allowOutOfOrder: true })).applied).toHaveLength(1);
      expect(await rows("select to_regclass('late')::text as t")).toEqual([{ t: 'late' }]);
    },
  );
});

test('a failed migration is refused until it is marked, and runs again then', async () => {
  await withPlace([{ up: 'create table a (); vacuum nothing;' }], async ({ url, dir, up, edit, rows }) => {
    await expect(up()).rejects.toMatchObject({ code: 'migration_failed' });
    await rows('drop table a');
    await edit(0, 'migration.sql', 'create table z (); create table a ();');
    await expect(up()).rejects.toMatchObject({ code: 'history_failed' });
    const repaired = await repairMigration({
      url,
      dir,
      action: 'failed',
      name: names[0] as string,
      why: 'dropped table a',
    });
    expect(repaired).toMatchObject({ before: 'failed', after: 'rolled_back' });
    expect((await up()).applied).toHaveLength(1);
    expect(await rows(prismaRows)).toMatchObject([
      { finished: false, back: true },
      { finished: true, back: false },
    ]);
    const { events } = await migrationHistory({ url });
    expect(events.map(({ action }) => action)).toEqual(['apply', 'repair', 'fail']);
    expect((await migrationHistory({ url, steps: true })).events.map(({ action }) => action)).toEqual([
      ...['apply', 'repair', 'fail', 'step', 'start'],
    ]);
  });
});

test('a connection pooler is refused, unless it pools whole sessions', async () => {
  await withPlace(two, async ({ url, dir }) => {
    await expect(migrateUp({ url: `${url}?pgbouncer=true`, dir })).rejects.toMatchObject({ code: 'pooler' });
    const { server, url: pooled } = await startPooler(url);
    try {
      await expect(migrateUp({ url: pooled, dir })).rejects.toMatchObject({ code: 'pooler' });
      expect((await migrateUp({ url: pooled, dir, sessionPooler: true })).applied).toHaveLength(2);
      expect((await migrationStatus({ url: pooled, dir })).migrations).toHaveLength(2);
    } finally {
      server.close();
    }
  });
});

async function mkdirWith(folder: string, sql: string): Promise<void> {
  await mkdir(folder);
  await writeFile(join(folder, 'migration.sql'), sql);
}

/** Passes bytes on as a pooler does: with a process id of its own in the greeting (BackendKeyData, `K`). */
async function startPooler(target: string): Promise<{ server: Server; url: string }> {
  const { hostname, port } = new URL(target);
  const server = createServer((client) => {
    const upstream = connectSocket(Number(port), hostname);
    client.pipe(upstream);
    upstream.on('data', (chunk: Buffer) => {
      const at = chunk.indexOf(Buffer.from([0x4b, 0, 0, 0, 12]));
      if (at !== -1) chunk.writeInt32BE(1, at + 5);
      client.write(chunk);
    });
    upstream.on('end', () => client.end());
    for (const socket of [client, upstream]) socket.on('error', () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(target);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as { port: number }).port);
  return { server, url: url.href };
}
