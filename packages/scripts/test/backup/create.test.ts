import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readSmallFile, verifyFiles } from '../../src/backup/verify-files.js';
import { codeOf, type Fixture, hasTools, opener, openFixture, rowsOf, tools } from './backup-fixture.js';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture.close());

(hasTools ? describe : describe.skip)('backup create', () => {
  test('makes a set that reads back: rows, hashes, catalog, roles, migrations', async () => {
    const { id, manifest, storedBytes } = await fixture.create({ note: 'first' });
    expect(await fixture.store.ids()).toEqual([id]);
    const read = await fixture.store.read(id);
    expect(read.manifest).toEqual(manifest);
    expect(storedBytes).toBeGreaterThan(1000);
    const businesses = manifest.content.tables.find(({ name }) => name === 'businesses');
    expect(businesses).toMatchObject({ schema: 'public', rows: 500, hash: expect.stringMatching(/^-?\d+$/) });
    expect(manifest.content.roles.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['plinth_app', 'plinth_owner']),
    );
    expect(manifest.content.migrations.length).toBeGreaterThan(3);
    expect(manifest.content.properties.owner).toBe('plinth_owner');
    const path = (name: string) => fixture.store.path(id, name);
    for (const level of [0, 1, 2] as const) {
      expect(
        await verifyFiles({ manifest, path, level, opener, tools: tools[0], signal: undefined }),
      ).toMatchObject({ problems: [] });
    }
    const catalog = JSON.parse(await readSmallFile(manifest, 'catalog', { path, opener }));
    expect(catalog).toHaveLength(manifest.content.catalogEntries);
    expect([...new Set(catalog.map((entry: { kind: string }) => entry.kind))]).toEqual(
      expect.arrayContaining(['column', 'constraint', 'function', 'index', 'policy', 'relation', 'trigger']),
    );
    expect(await readSmallFile(manifest, 'globals', { path, opener })).not.toMatch(/PASSWORD/);
  });

  test('files are readable by their owner alone', async () => {
    const { id } = await fixture.create();
    const folder = fixture.store.path(id, '');
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    for (const name of await readdir(folder, { recursive: true, withFileTypes: true })) {
      const mode = (await stat(join(name.parentPath, name.name))).mode & 0o777;
      expect([name.name, mode.toString(8)]).toEqual([name.name, name.isDirectory() ? '700' : '600']);
    }
  });

  test('several jobs leave no plaintext behind and read back the same', async () => {
    const { id, manifest } = await fixture.create({ jobs: 2 });
    const names = await readdir(fixture.store.path(id, ''), { recursive: true });
    const dumped = names.filter((name) => name.startsWith('dump/'));
    expect(dumped.length).toBeGreaterThan(1);
    expect(dumped.filter((name) => !name.endsWith('.zst.age'))).toEqual([]);
    expect(names.some((name) => name.startsWith('plain'))).toBe(false);
    const path = (name: string) => fixture.store.path(id, name);
    expect(await verifyFiles({ manifest, path, level: 2, opener, tools: tools[0] })).toMatchObject({
      problems: [],
    });
  });

  test('counts and dump see one moment while others write', async () => {
    let wrote = 0;
    let over = false;
    const writing = (async () => {
      while (!over) await fixture.sql(rowsOf(20, 1_000_000 + 100 * wrote++));
    })();
    const { id, manifest } = await fixture.create();
    over = true;
    await writing;
    expect(wrote).toBeGreaterThan(1);
    const path = (name: string) => fixture.store.path(id, name);
    // Level 2 counts the rows in the archive itself.
    expect(await verifyFiles({ manifest, path, level: 2, opener, tools: tools[0] })).toMatchObject({
      problems: [],
    });
  });

  test('without key and compression it is a plain archive and says so', async () => {
    const { id, manifest } = await fixture.create({ key: undefined, zstdLevel: undefined });
    expect(manifest.encryption).toBeNull();
    expect((await readFile(fixture.store.path(id, 'dump.pgc'))).subarray(0, 5).toString()).toBe('PGDMP');
  });

  test('no secret reaches the manifest or the guide', async () => {
    const { id } = await fixture.create();
    const password = new URL(fixture.database.url('backup')).password;
    for (const name of ['manifest.json', 'RESTORE.md']) {
      expect(await readFile(fixture.store.path(id, name), 'utf8')).not.toContain(password);
    }
  });

  test('a second run at the same time is told that the store is locked', async () => {
    let second = '';
    await fixture.create({
      onStep: async (step) => {
        if (step === 'staged') second = await codeOf(fixture.create({ lockWaitMs: 50 }));
      },
    });
    expect(second).toBe('locked');
  });

  test('an id is never before an earlier one, also when the clock went back', async () => {
    const before = (await fixture.store.ids()).at(-1) as string;
    const { id } = await fixture.create({ now: () => new Date('2020-01-01T00:00:00Z') });
    expect(id > before).toBe(true);
  });
});
