import { execFile, spawnSync } from 'node:child_process';
import { chmod, cp, mkdir, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { COMPILED, SOURCE_FLAGS } from '@plinth/db/testing';
import { type Outcome, repositoryRoot } from '../plinth.js';
import { commandEnv, type Fixture, hasTools, openFixture } from './backup-fixture.js';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
  if (hasTools) await fixture.create();
});
afterAll(() => fixture.close());

const cli = [...SOURCE_FLAGS, join(repositoryRoot, 'packages/scripts/src/cli.ts')];
/** Root may write everywhere: it gives up its rights, keeping its files, by taking another id in a namespace of its own. */
const LIMITED = process.getuid?.() === 0 ? ['unshare', '--user', '--map-user=1000'] : ['env'];
/** Namespaces of users and mounts. */
const possible =
  hasTools && spawnSync('unshare', ['--user', '--map-root-user', '--mount', 'true']).status === 0;

/** Runs `plinth backup <args> --json` inside another command. */
function backup(wrapper: readonly string[], folder: string, args: readonly string[]): Promise<Outcome> {
  const [program = '', ...rest] = [...wrapper, process.execPath, ...cli, 'backup', ...args, '--json'];
  const env = {
    PATH: process.env.PATH,
    ...COMPILED,
    ...commandEnv(fixture),
    BACKUP_DIR: folder,
  };
  return new Promise((resolve) => {
    execFile(program, rest, { env, cwd: tmpdir() }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    );
  });
}

/** A copy of the store, as it is when it was mounted or made for reading only. */
async function copyStore(name: string): Promise<string> {
  const folder = join(fixture.folder, name);
  await cp(fixture.store.place, folder, { recursive: true });
  return folder;
}

const forReading = async (folder: string, mode: number) => {
  for (const name of ['.staging', '.trash', 'sets', '']) await chmod(join(folder, name), mode);
};

interface Place {
  folder: string;
  wrapper: readonly string[];
  sets: number;
}
const places: [string, () => Promise<Place>][] = [
  [
    'an empty one',
    async () => {
      const folder = join(fixture.folder, 'empty');
      await mkdir(folder, { mode: 0o500 });
      return { folder, wrapper: LIMITED, sets: 0 };
    },
  ],
  [
    'with backups in it',
    async () => {
      const folder = await copyStore('for-reading');
      await forReading(folder, 0o500);
      return { folder, wrapper: LIMITED, sets: 1 };
    },
  ],
  [
    'where the sets are',
    async () => {
      const folder = await copyStore('sets-for-reading');
      await chmod(join(folder, 'sets'), 0o500);
      return { folder, wrapper: LIMITED, sets: 1 };
    },
  ],
  [
    'a disk mounted for reading',
    async () => {
      const folder = await copyStore('mounted');
      const script = `mount --bind ${folder} ${folder} && mount -o remount,ro,bind ${folder} && exec "$@"`;
      const wrapper = ['unshare', '--user', '--map-root-user', '--mount', 'bash', '-c', script, 'bash'];
      return { folder, wrapper, sets: 1 };
    },
  ],
];

(possible ? describe : describe.skip)('backup create without the right to write', () => {
  test.each(places)(
    'T6: a folder that may not be written (%s) is named with the way out, and holds afterwards what it held before',
    async (_what, open) => {
      const { folder, wrapper, sets } = await open();
      const held = (await readdir(folder, { recursive: true })).sort();
      const { code, stdout } = await backup(wrapper, folder, ['create']);
      expect([code, JSON.parse(stdout).error]).toEqual([
        2,
        {
          code: 'store_unusable',
          message: expect.stringMatching(
            new RegExp(`^the backup folder ${folder} cannot be used \\(E(ACCES|ROFS)\\)$`),
          ),
          fix: 'set BACKUP_DIR to a folder that this user may write',
        },
      ]);
      expect((await readdir(folder, { recursive: true })).sort()).toEqual(held);
      if (sets === 0) return;
      const listed = await backup(wrapper, folder, ['list']);
      expect([listed.code, JSON.parse(listed.stdout).backups]).toMatchObject([0, { length: sets }]);
    },
  );
});
