import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { FORMAT_VERSION, type ManifestDraft, sealManifest } from '../../src/backup/manifest.js';
import { pruneBackups } from '../../src/backup/prune.js';
import { DEFAULT_POLICY } from '../../src/backup/retention.js';
import { type BackupStore, newBackupId, openLocalStore } from '../../src/backup/store.js';

const DAY = 86_400_000;
const start = Date.parse('2026-01-01T03:00:00Z');
const policy = { ...DEFAULT_POLICY, keepDays: 2, minimum: 1 };
const folders: string[] = [];
let store: BackupStore;

beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'plinth-prune-'));
  folders.push(folder);
  store = await openLocalStore(folder);
});
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

/** A set without a database behind it: pruning looks at manifests alone. */
async function addSet(day: number, database = 'shop'): Promise<string> {
  const createdAt = new Date(start + day * DAY).toISOString();
  const id = newBackupId(
    new Date(createdAt),
    [],
    `${Math.round(day + 16)
      .toString(16)
      .padStart(4, '0')}${database === 'shop' ? '00' : '01'}`,
  );
  const staging = await store.stage(id);
  await writeFile(join(staging.folder, 'dump.pgc'), 'x'.repeat(1000));
  const draft: ManifestDraft = {
    formatVersion: FORMAT_VERSION,
    id,
    kind: 'logical',
    createdAt,
    startedAt: createdAt,
    finishedAt: createdAt,
    host: 'test',
    note: null,
    source: {
      systemIdentifier: '1',
      database,
      serverVersion: '15.1',
      serverMajor: 15,
      encoding: 'UTF8',
      collate: 'C',
      ctype: 'C',
    },
    client: { version: '15.1', major: 15 },
    engine: { format: 'custom', jobs: 1, compression: 'none' },
    encryption: null,
    files: [],
    content: {
      fingerprint: 'counts',
      tables: [{ schema: 'public', name: 't', rows: 100, hash: null }],
      sequences: [],
      largeObjects: 0,
      catalogEntries: 1,
      extensions: [],
      roles: [],
      properties: { owner: 'o', grants: [], settings: [], connectionLimit: -1 },
      migrations: [],
    },
    stats: { plainBytes: 1000, storedBytes: 1000, durationMs: 1 },
  };
  await staging.commit(sealManifest(draft, undefined));
  return id;
}

const prune = (over: Partial<Parameters<typeof pruneBackups>[0]> = {}) =>
  pruneBackups({
    store,
    policy,
    dryRun: false,
    force: true,
    now: () => new Date(start + 10.1 * DAY),
    ...over,
  });

describe('prune', () => {
  test('deletes what no rule keeps, per database, and says what it freed', async () => {
    const ids: string[] = [];
    for (let day = 0; day <= 10; day++) ids.push(await addSet(day));
    const other = await addSet(9.5, 'other');
    const result = await prune();
    expect(result.removed).toHaveLength(8);
    expect(result.freedBytes).toBe(8000);
    expect(await store.ids()).toEqual([...ids.slice(8), other].sort());
  });

  test('a dry run deletes nothing', async () => {
    for (let day = 0; day <= 10; day++) await addSet(day);
    expect((await prune({ dryRun: true })).removed).toEqual([]);
    expect(await store.ids()).toHaveLength(11);
  });

  test('more than half goes only with force', async () => {
    for (let day = 0; day <= 10; day++) await addSet(day);
    await expect(prune({ force: false })).rejects.toMatchObject({ code: 'refused' });
    expect(await store.ids()).toHaveLength(11);
  });

  test('when backups have stopped nothing is deleted', async () => {
    for (let day = 0; day <= 10; day++) await addSet(day);
    await expect(prune({ now: () => new Date(start + 100 * DAY) })).rejects.toMatchObject({ code: 'stale' });
    expect(await store.ids()).toHaveLength(11);
  });

  test('a set whose manifest cannot be read is never deleted', async () => {
    const ids: string[] = [];
    for (let day = 0; day <= 10; day++) ids.push(await addSet(day));
    await writeFile(store.path(ids[0] as string, 'manifest.json'), '{}');
    await prune();
    expect(await store.ids()).toContain(ids[0]);
  });

  test('a pinned set stays until its day', async () => {
    const id = await addSet(0);
    for (let day = 1; day <= 10; day++) await addSet(day);
    await store.setPin(id, { until: new Date(start + 20 * DAY).toISOString(), reason: 'audit' });
    await prune();
    expect(await store.ids()).toContain(id);
    await addSet(21);
    await prune({ now: () => new Date(start + 21.1 * DAY) });
    expect(await store.ids()).not.toContain(id);
  });

  test('a pin that cannot be read keeps its set, and a record of verification that cannot be read is none', async () => {
    const ids: string[] = [];
    for (let day = 0; day <= 10; day++) ids.push(await addSet(day));
    const damaged = ['null', '{}', '{"until":"soon"}', '{"until"'];
    for (const [index, text] of damaged.entries()) {
      await writeFile(store.path(ids[index] as string, 'pin.json'), text);
      await mkdir(store.path(ids[index] as string, 'verify'));
      await writeFile(store.path(ids[index] as string, 'verify/1-level2.json'), text);
    }
    const { removed } = await prune();
    expect(removed).toEqual(ids.slice(damaged.length, 8).toReversed());
    const [first] = (await store.list()).sets;
    expect([first?.id, first?.verifications]).toEqual([ids[0], []]);
  });

  test('one set that cannot be deleted does not keep the others', async () => {
    const ids: string[] = [];
    for (let day = 0; day <= 10; day++) ids.push(await addSet(day));
    const stubborn: BackupStore = {
      ...store,
      remove: (id) => (id === ids[1] ? Promise.reject(new Error('immutable')) : store.remove(id)),
    };
    const result = await prune({ store: stubborn });
    expect(result.failed).toEqual([{ id: ids[1], message: 'immutable' }]);
    expect(result.removed).toHaveLength(7);
  });

  test('a run that died between un-listing and deleting is finished by the next one', async () => {
    for (let day = 0; day <= 10; day++) await addSet(day);
    const [first] = await store.ids();
    await rename(store.path(first as string, ''), join(store.place, '.trash', first as string));
    expect(await store.ids()).not.toContain(first);
    await prune();
    expect(await readdir(join(store.place, '.trash'))).toEqual([]);
  });

  test('a folder nobody may write is named as such', async () => {
    const file = join(store.place, 'a-file');
    await writeFile(file, '');
    await expect(openLocalStore(join(file, 'backups'))).rejects.toMatchObject({ code: 'store_unusable' });
  });
});
