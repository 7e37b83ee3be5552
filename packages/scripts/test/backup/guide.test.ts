import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { dropDatabase, urlFor, withClient } from '@plinth/db';
import { connectionEnv } from '../../src/backup/connection-env.js';
import { readContent } from '../../src/backup/snapshot.js';
import { type Fixture, hasTools, identity, openFixture, tools } from './backup-fixture.js';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture.close());

const hasAgeAndZstd = ['age', 'zstd'].every((program) => {
  try {
    return execFileSync(program, ['--version'], { stdio: 'pipe' }).length >= 0;
  } catch {
    return false;
  }
});

/** Runs the blocks of RESTORE.md in their order, as a person would who has nothing but this folder and stock tools. */
async function follow(id: string): Promise<void> {
  const folder = fixture.store.path(id, '');
  const guide = readFileSync(join(folder, 'RESTORE.md'), 'utf8');
  const blocks = [...guide.matchAll(/```sh (\w+)\n([\s\S]*?)```/g)].map(
    (match) => [match[1], match[2]] as const,
  );
  expect(blocks.map(([name]) => name)).toEqual(['check', 'unpack', 'roles', 'restore']);
  const target = `${fixture.database.name}_by_hand`;
  const work = mkdtempSync(join(fixture.folder, 'work-'));
  writeFileSync(join(fixture.folder, 'identity.txt'), identity);
  const { PGDATABASE: _database, ...connection } = connectionEnv(fixture.database.url('admin'));
  const env = {
    ...connection,
    PATH: `${tools[0]?.binDir}:${process.env.PATH}`,
    KEY: join(fixture.folder, 'identity.txt'),
    TARGET: target,
    WORK: work,
  };
  try {
    for (const [name, script] of blocks) {
      const said = execFileSync('sh', ['-c', script as string], {
        cwd: folder,
        env,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      if (name === 'check') expect(said).toMatch(/: OK\n/);
    }
    const { manifest } = await fixture.store.read(id);
    const restored = await withClient(urlFor(fixture.database.url('admin'), target), (client) =>
      readContent(client, 'counts'),
    );
    expect(restored.content.tables.map(({ name, rows }) => [name, rows])).toEqual(
      manifest.content.tables.map(({ name, rows }) => [name, rows]),
    );
    expect(restored.catalog.length).toBe(manifest.content.catalogEntries);
  } finally {
    await dropDatabase(fixture.database.url('admin'), target);
  }
}

(hasTools && hasAgeAndZstd ? describe : describe.skip)('backup guide', () => {
  test('RESTORE.md restores a streamed set with age, zstd and pg_restore alone', async () => {
    await follow((await fixture.create()).id);
  });

  test('RESTORE.md restores a set made by several jobs', async () => {
    await follow((await fixture.create({ jobs: 2 })).id);
  });

  test('RESTORE.md restores a set without encryption and compression', async () => {
    await follow((await fixture.create({ key: undefined, zstdLevel: undefined })).id);
  });
});
