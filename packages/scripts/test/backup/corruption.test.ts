import { cp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openLocalStore } from '../../src/backup/store.js';
import { validateBackup } from '../../src/backup/validate.js';
import { type Fixture, hasTools, opener, openFixture, tools } from './backup-fixture.js';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture({ rows: 3_000, audited: false });
});
afterAll(() => fixture.close());

let copies = 0;

/** Works with a copy of the set, in a store of its own; `judge` is what level 1 says of it, and leaves nothing beside it. */
async function withCopy<T>(
  id: string,
  work: (folder: string, judge: (withKey: boolean) => Promise<string>) => Promise<T>,
): Promise<T> {
  const root = join(fixture.folder, `copy-${copies++}`);
  const folder = join(root, 'sets', id);
  const store = await openLocalStore(root);
  await cp(fixture.store.path(id, ''), folder, { recursive: true });
  const judge = async (withKey: boolean) => {
    try {
      const { ok, problems } = await validateBackup({
        store,
        set: await store.read(id),
        level: 1,
        opener: withKey ? opener : undefined,
        tools,
      });
      return ok ? 'not noticed' : problems.join('; ');
    } catch (error) {
      return (error as Error).message;
    } finally {
      await rm(join(folder, 'verify'), { recursive: true, force: true });
    }
  };
  try {
    return await work(folder, judge);
  } finally {
    await rm(root, { recursive: true });
  }
}

/** Damages a copy and answers what level 1 says. */
const verdict = (id: string, damage: (folder: string) => Promise<void>, withKey: boolean): Promise<string> =>
  withCopy(id, async (folder, judge) => {
    await damage(folder);
    return await judge(withKey);
  });

type Damage = (bytes: Buffer) => Buffer;
const flip =
  (position: number): Damage =>
  (bytes) => {
    const copy = Buffer.from(bytes);
    const at = Math.min(Math.floor(bytes.length * position), bytes.length - 1);
    copy[at] = (copy[at] as number) ^ (1 << (at % 8));
    return copy;
  };
const damages: [string, Damage][] = [
  ...[0, 0.01, 0.2, 0.5, 0.77, 0.999, 1].map((position): [string, Damage] => [
    `one bit at ${position}`,
    flip(position),
  ]),
  ['one byte less', (bytes) => bytes.subarray(0, -1)],
  ['half', (bytes) => bytes.subarray(0, bytes.length >> 1)],
  ['nothing left', () => Buffer.alloc(0)],
  ['garbage appended', (bytes) => Buffer.concat([bytes, Buffer.from('garbage')])],
  [
    'two blocks swapped',
    (bytes) => {
      const size = Math.floor(bytes.length / 4);
      return Buffer.concat([
        bytes.subarray(size, 2 * size),
        bytes.subarray(0, size),
        bytes.subarray(2 * size),
      ]);
    },
  ],
];

(hasTools ? describe : describe.skip)('backup corruption', () => {
  const kinds: [string, Parameters<Fixture['create']>[0]][] = [
    ['encrypted and compressed', {}],
    ['by several jobs', { jobs: 2 }],
    ['neither encrypted nor compressed', { key: undefined, zstdLevel: undefined }],
  ];
  test.each(kinds)(
    'level 1 notices every kind of damage to every file: %s',
    async (_name, options) => {
      const { id, manifest } = await fixture.create(options);
      // Of the many files of several jobs, a spread is enough: each damage meets each position.
      const files = manifest.files.filter(
        (_file, index) => manifest.files.length < 8 || index % Math.ceil(manifest.files.length / 6) === 0,
      );
      const missed: string[] = [];
      await withCopy(id, async (folder, judge) => {
        expect(await judge(true)).toBe('not noticed');
        for (const { name } of [...files, { name: 'manifest.json' }]) {
          const path = join(folder, name);
          const whole = await readFile(path);
          for (const [what, damage] of damages) {
            await writeFile(path, damage(whole));
            for (const withKey of [true, false])
              if ((await judge(withKey)) === 'not noticed')
                missed.push(`${name}: ${what}${withKey ? '' : ' (without key)'}`);
          }
          await rm(path);
          if ((await judge(true)) === 'not noticed') missed.push(`${name}: deleted`);
          await writeFile(path, whole);
        }
        // What was found is the damage of one file at a time: put right, it is as good as before.
        expect(await judge(true)).toBe('not noticed');
      });
      expect(missed).toEqual([]);
    },
    180_000,
  );

  test('files and manifests of other sets, and edited numbers, are noticed', async () => {
    const first = await fixture.create();
    const second = await fixture.create();
    const dump = 'dump.pgc.zst.age';
    expect(
      await verdict(second.id, (folder) => cp(fixture.store.path(first.id, dump), join(folder, dump)), true),
    ).toMatch(/dump\.pgc/);
    expect(
      await verdict(
        second.id,
        (folder) => cp(fixture.store.path(first.id, 'manifest.json'), join(folder, 'manifest.json')),
        true,
      ),
    ).toMatch(/belongs to backup/);
    expect(
      await verdict(
        second.id,
        async (folder) => {
          await rename(join(folder, 'catalog.json.zst.age'), join(folder, 'x'));
          await rename(join(folder, 'globals.sql.zst.age'), join(folder, 'catalog.json.zst.age'));
          await rename(join(folder, 'x'), join(folder, 'globals.sql.zst.age'));
        },
        true,
      ),
    ).toMatch(/catalog|globals/);
    const edit = async (folder: string) => {
      const path = join(folder, 'manifest.json');
      await writeFile(path, (await readFile(path, 'utf8')).replace('"rows": 3000', '"rows": 3001'));
    };
    expect(await verdict(second.id, edit, false)).toMatch(/hash does not fit/);
  });

  test('a manifest rewritten with a right hash by somebody without the key is noticed', async () => {
    const { id, manifest } = await fixture.create();
    const { sealManifest, formatManifest } = await import('../../src/backup/manifest.js');
    const { mac: _mac, sha256: _sha256, ...draft } = manifest;
    const forged = sealManifest({ ...draft, note: 'forged' }, Buffer.alloc(16));
    expect(
      await verdict(id, (folder) => writeFile(join(folder, 'manifest.json'), formatManifest(forged)), true),
    ).toMatch(/not written with the key/);
  });
});
