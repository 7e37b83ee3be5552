import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { checkSpace } from '../../src/embedded/cluster.js';
import { placeOf } from '../../src/embedded/place.js';
import { embeddedStatus, stopEmbedded, withFileLock } from '../../src/embedded.js';
import { query, start, startInChild, withHome } from './home.js';

const pidFile = (home: string) => join(home, 'postgres-data/postmaster.pid');

test('a postmaster killed with -9 is noticed, and the next start has its committed data', async () => {
  await withHome(async (home) => {
    const { pid, port } = await start(home);
    await query(home, 'create table kept as select 42 as answer');
    process.kill(pid, 'SIGKILL');
    expect(await readFile(pidFile(home), 'utf8')).toContain(String(pid));
    // The signal is on its way for a moment.
    await waitUntil(async () => !(await embeddedStatus({ home })).running);
    const again = await start(home);
    expect(again).toMatchObject({ started: true, port });
    expect(again.pid).not.toBe(pid);
    expect(await query(home, 'select answer from kept')).toEqual([{ answer: 42 }]);
  });
});

test('a stale pid that now belongs to a stranger is neither joined nor stopped', async () => {
  await withHome(async (home) => {
    const { pid } = await start(home);
    process.kill(pid, 'SIGKILL');
    await waitUntil(async () => !(await embeddedStatus({ home })).running);
    const stranger = spawn('sleep', ['60'], { stdio: 'ignore' });
    try {
      const lines = (await readFile(pidFile(home), 'utf8')).split('\n');
      await writeFile(pidFile(home), [stranger.pid, ...lines.slice(1)].join('\n'));
      expect(await embeddedStatus({ home })).toMatchObject({ running: false });
      expect(await stopEmbedded({ home })).toBe(false);
      expect(await start(home)).toMatchObject({ started: true });
      expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
    } finally {
      stranger.kill('SIGKILL');
    }
  });
});

test('a pid file that names another server of this machine is not taken for ours', async () => {
  await withHome(async (first) => {
    await withHome(async (second) => {
      const { pid } = await start(first);
      await start(second);
      await stopEmbedded({ home: second });
      await writeFile(pidFile(second), await readFile(pidFile(first), 'utf8'));
      expect(await embeddedStatus({ home: second })).toMatchObject({ running: false });
      expect(await start(second)).toMatchObject({ started: true });
      expect(await embeddedStatus({ home: first })).toMatchObject({ running: true, pid });
    });
  });
});

test('a starter killed with -9 while it makes the cluster leaves nothing that stops the next one', async () => {
  await withHome(async (home) => {
    for (const moment of ['initdb', 'lock'] as const) {
      const starter = startInChild(home);
      await waitUntil(async () => (await readdir(home)).some((name) => isMoment(name, moment)));
      starter.kill('SIGKILL');
      await once(starter, 'exit');
      expect(await readdir(home)).toContain('postgres.lock');
    }
    expect(await start(home)).toMatchObject({ started: true });
    expect(await query(home, 'select 1 as one')).toEqual([{ one: 1 }]);
    await stopEmbedded({ home });
    await start(home);
    const left = (await readdir(home)).filter((name) => /new-|lock/.test(name));
    expect(left).toEqual([]);
  });
});

test('a starter killed with -9 while the server comes up leaves a server that the next one joins or replaces', async () => {
  await withHome(async (home) => {
    await start(home);
    await stopEmbedded({ home });
    const starter = startInChild(home);
    await waitUntil(async () => (await readFile(pidFile(home), 'utf8').catch(() => '')) !== '');
    starter.kill('SIGKILL');
    await once(starter, 'exit');
    const { pid } = await start(home);
    expect(await embeddedStatus({ home })).toMatchObject({ running: true, pid });
    expect(await query(home, 'select 1 as one')).toEqual([{ one: 1 }]);
  });
});

test('a start that fails shows the last lines of the log', async () => {
  await withHome(async (home) => {
    await start(home);
    await stopEmbedded({ home });
    await writeFile(join(home, 'postgres-data/postgresql.conf'), 'shared_buffers = nonsense\n', {
      flag: 'a',
    });
    await expect(start(home)).rejects.toMatchObject({
      code: 'embedded_start_failed',
      message: expect.stringContaining('invalid value for parameter "shared_buffers": "nonsense"'),
      fix: expect.stringContaining('postgres.log'),
    });
  });
});

test('many processes after a dead owner of a lock hold it one at a time', async () => {
  await withHome(async (home) => {
    const path = join(home, 'some.lock');
    const dead = spawn('true', { stdio: 'ignore' });
    await once(dead, 'exit');
    await writeFile(path, JSON.stringify({ pid: dead.pid, startTime: '1', token: 'dead' }));
    let holders = 0;
    let most = 0;
    const hold = () =>
      withFileLock(path, { timeoutMs: 10_000 }, async () => {
        most = Math.max(most, ++holders);
        await sleep(5);
        holders--;
      });
    await Promise.all(Array.from({ length: 10 }, hold));
    expect(most).toBe(1);
    expect((await readdir(home)).filter((name) => name.includes('lock'))).toEqual([]);
    await writeFile(
      path,
      JSON.stringify({
        pid: process.pid,
        startTime: 'of a process that had our id before',
        token: 'recycled',
      }),
    );
    await hold();
  });
});

test('a living owner is waited for and then named', async () => {
  await withHome(async (home) => {
    const path = join(home, 'some.lock');
    const waited: number[] = [];
    await withFileLock(path, { timeoutMs: 1_000 }, async () => {
      const second = withFileLock(
        path,
        { timeoutMs: 100, onWait: (pid) => waited.push(pid) },
        async () => undefined,
      );
      await expect(second).rejects.toMatchObject({
        code: 'locked',
        message: expect.stringContaining(`process ${process.pid}`),
      });
    });
    expect(waited).toEqual([process.pid]);
  });
});

function isMoment(name: string, moment: 'initdb' | 'lock'): boolean {
  return moment === 'lock' ? name === 'postgres.lock' : /^postgres-data\.new-(?!probe)/.test(name);
}

async function waitUntil(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('it did not happen within 15 s');
    await sleep(2);
  }
}

test('a full disk is told apart from other failures to make or start a server, and says where', () => {
  const place = placeOf('/srv/plinth');
  const initdb =
    'FATAL:  could not extend file "base/1/2691": No space left on device\nHINT:  Check free disk space.';
  expect(() => checkSpace(initdb, place)).toThrow(
    expect.objectContaining({
      code: 'disk_full',
      message: expect.stringMatching(/srv.plinth.*could not extend.*device$/),
    }),
  );
  expect(() => checkSpace('FATAL:  could not create any TCP/IP sockets', place)).not.toThrow();
});
