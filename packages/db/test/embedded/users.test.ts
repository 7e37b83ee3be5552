import { chmod, chown, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { embeddedStatus, stopEmbedded } from '../../src/embedded.js';
import {
  asOrdinaryUser,
  isRoot,
  ordinaryUid,
  outcomeOf,
  query,
  start,
  startInChild,
  withHome,
} from './home.js';

/** Runs a program with some of the system's programs out of order; only root may arrange that. */
const without = (...programs: string[]) => {
  const hide = programs.map((program) => `mount --bind /bin/false "$(command -v ${program})"`).join(' && ');
  return isRoot ? ['unshare', '--mount', 'sh', '-c', `${hide} && exec "$0" "$@"`] : [];
};

test('an ordinary user with a home of their own gets a server that runs as them', async () => {
  await withHome(async (home) => {
    if (ordinaryUid !== undefined && isRoot) await chown(home, ordinaryUid, ordinaryUid);
    const { code, stdout } = await outcomeOf(startInChild(home, asOrdinaryUser));
    expect({ code, ...JSON.parse(stdout) }).toMatchObject({ code: 0, started: true });
    const { pid } = JSON.parse(stdout);
    expect((await stat(`/proc/${pid}`)).uid).toBe(ordinaryUid);
    expect((await stat(join(home, 'postgres-data'))).uid).toBe(ordinaryUid);
    expect(await query(home, 'select 1 as one')).toEqual([{ one: 1 }]);
  });
});

test('in a folder that only its owner may enter the server runs, and root is not its user', async () => {
  const outer = await mkdtemp(join(tmpdir(), 'plinth-private-'));
  await chmod(outer, 0o700);
  try {
    const home = join(outer, 'home');
    const { started, pid } = await start(home);
    expect(started).toBe(true);
    // Root in the server's eyes is its own map's business: seen from inside it must be somebody else.
    const [inside] = (await readFile(`/proc/${pid}/uid_map`, 'utf8')).trim().split(/\s+/);
    const { uid } = await stat(`/proc/${pid}`);
    expect(uid === 0 ? inside : String(uid)).not.toBe('0');
    expect(await query(home, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(await stopEmbedded({ home })).toBe(true);
  } finally {
    await rm(outer, { recursive: true, force: true });
  }
});

test('where user namespaces are off root falls back to an unprivileged user, in a private folder too', async () => {
  await withHome(async (home) => {
    await start(home);
    await query(home, 'create table kept as select 42 as answer');
    await stopEmbedded({ home });
    // The folder was made by the first way of running: the second takes the data over, and the first takes it back.
    const { code, stdout } = await outcomeOf(startInChild(home, without('unshare')));
    expect({ code, ...JSON.parse(stdout) }).toMatchObject({ code: 0, started: true });
    expect((await stat(`/proc/${JSON.parse(stdout).pid}`)).uid).toBe(ordinaryUid);
    expect(await query(home, 'select answer from kept')).toEqual([{ answer: 42 }]);
    expect(await embeddedStatus({ home })).toMatchObject({ running: true });
    expect(await stopEmbedded({ home })).toBe(true);
    await start(home);
    expect(await query(home, 'select answer from kept')).toEqual([{ answer: 42 }]);
  });
});

test('without setpriv as well a plain change of user serves homes that others may enter, else the error says what to do', async () => {
  await withHome(async (home) => {
    const { code, stdout } = await outcomeOf(startInChild(home, without('unshare', 'setpriv')));
    const answer = JSON.parse(stdout);
    // Whether another user can read the binaries depends on where the repository lies.
    if (answer.error) {
      expect(code).toBe(1);
      expect(answer.error).toMatchObject({
        code: 'embedded_root',
        fix: expect.stringContaining('PLINTH_HOME'),
      });
    } else {
      expect((await stat(`/proc/${answer.pid}`)).uid).toBe(ordinaryUid);
    }
  });
  const outer = await mkdtemp(join(tmpdir(), 'plinth-private-'));
  try {
    const { stdout } = await outcomeOf(startInChild(join(outer, 'home'), without('unshare', 'setpriv')));
    const answer = JSON.parse(stdout);
    if (isRoot)
      expect(answer.error).toMatchObject({
        code: 'embedded_root',
        message: expect.stringContaining('user-namespace, capability, uid'),
      });
    else expect(answer).toMatchObject({ started: true });
  } finally {
    await stopEmbedded({ home: join(outer, 'home') });
    await rm(outer, { recursive: true, force: true });
  }
});
