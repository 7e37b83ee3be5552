import { readFile, stat, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { embeddedStatus, embeddedUrl, readSecrets, startEmbedded, stopEmbedded } from '../../src/embedded.js';
import { outcomeOf, query, quick, start, startInChild, withHome } from './home.js';

describe.each([15, 18] as const)('postgresql %i', (major) => {
  test('a stop and a start keep data and port, and the right major answers', async () => {
    await withHome(async (home) => {
      const first = await start(home, major);
      expect(first).toMatchObject({ major, host: '127.0.0.1', started: true });
      await query(home, 'create table kept as select 42 as answer');
      expect(await stopEmbedded({ home })).toBe(true);
      expect(await stopEmbedded({ home })).toBe(false);
      expect(await embeddedStatus({ home })).toMatchObject({ running: false, major });
      const second = await start(home, major);
      expect(second).toMatchObject({ port: first.port, started: true });
      expect(await query(home, 'select answer from kept')).toEqual([{ answer: 42 }]);
      const [version] = await query(home, 'show server_version_num');
      expect(Math.floor(Number(version?.server_version_num) / 10_000)).toBe(major);
    });
  });

  test('the other major refuses the data and names both ways out', async () => {
    await withHome(async (home) => {
      const { pid } = await start(home, major);
      const other = major === 15 ? 18 : 15;
      const refused = {
        code: 'embedded_other_major',
        message: expect.stringContaining(`data of postgresql ${major}`),
      };
      // While it runs, and when it does not.
      await expect(start(home, other)).rejects.toMatchObject(refused);
      expect(await embeddedStatus({ home })).toMatchObject({ running: true, pid });
      await stopEmbedded({ home });
      const error = await start(home, other).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject(refused);
      expect(error).toMatchObject({ fix: expect.stringContaining(`PLINTH_PG_MAJOR=${major}`) });
      expect(error).toMatchObject({ fix: expect.stringContaining('PLINTH_HOME') });
    });
  });
});

test('the server is set up as promised: encoding, zone, passwords, extensions, durability', async () => {
  await withHome(async (home) => {
    await startEmbedded({ home });
    const [settings] = await query(
      home,
      `select current_setting('server_encoding') as encoding, current_setting('TimeZone') as zone,
              current_setting('password_encryption') as passwords, current_setting('fsync') as fsync,
              current_setting('data_checksums') as checksums, current_setting('shared_preload_libraries') as preloaded,
              (select datcollate from pg_database where datname = 'template1') as collation,
              upper('straße é') as upper`,
    );
    expect(settings).toMatchObject({
      encoding: 'UTF8',
      zone: 'UTC',
      passwords: 'scram-sha-256',
      fsync: 'on',
      checksums: 'on',
      preloaded: 'pg_stat_statements',
      collation: expect.stringMatching(/^C(\.UTF-?8)?$/i),
    });
    for (const name of ['uuid-ossp', 'pgcrypto', 'pg_trgm', 'pg_stat_statements']) {
      await query(home, `create extension "${name}"`);
    }
    expect(await query(home, 'select count(*) >= 0 as works from pg_stat_statements')).toEqual([
      { works: true },
    ]);
  });
});

test('it listens on loopback alone, has no socket file, and takes no wrong password', async () => {
  await withHome(async (home) => {
    const { port } = await start(home);
    expect(await query(home, `select inet_server_addr()::text as at`)).toEqual([{ at: '127.0.0.1/32' }]);
    expect(await query(home, 'show listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
    expect(await query(home, 'show unix_socket_directories')).toEqual([{ unix_socket_directories: '' }]);
    const outside = Object.values(networkInterfaces())
      .flat()
      .filter((address) => address && !address.internal && address.family === 'IPv4');
    for (const address of ['::1', ...outside.map((found) => found?.address ?? '')]) {
      expect([address, await canConnect(address, port)]).toEqual([address, false]);
    }
    expect(await canConnect('127.0.0.1', port)).toBe(true);
    const file = (await readSecrets(home)).passwords;
    const text = await readFile(join(home, 'secrets/secrets.json'), 'utf8');
    await writeFile(join(home, 'secrets/secrets.json'), text.replace(file.admin, `${file.admin}x`));
    await expect(query(home, 'select 1')).rejects.toMatchObject({ code: '28P01' });
    // A start after the passwords were lost says so instead of leaving every later connection to fail.
    await stopEmbedded({ home });
    await expect(start(home)).rejects.toMatchObject({
      code: 'embedded_password',
      fix: expect.stringContaining('secrets'),
    });
  });
});

test('a remembered port taken by another program is replaced, and the new one is remembered', async () => {
  await withHome(async (home) => {
    const { port } = await start(home);
    await stopEmbedded({ home });
    const stranger = createServer().listen(port, '127.0.0.1');
    await new Promise((resolve) => stranger.once('listening', resolve));
    const lines: string[] = [];
    const second = await startEmbedded({ home, settings: quick, log: (line) => lines.push(line) });
    expect(second.port).not.toBe(port);
    expect(lines.join('\n')).toContain(`port ${port} of the last run is taken`);
    await stopEmbedded({ home });
    await new Promise((resolve) => stranger.close(resolve));
    expect((await start(home)).port).toBe(second.port);
  });
});

test('started by five processes at once there is one server, and four join it', async () => {
  await withHome(async (home) => {
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => outcomeOf(startInChild(home))));
    const servers = outcomes.map(({ stdout }) => JSON.parse(stdout));
    expect(new Set(servers.map(({ pid }) => pid)).size).toBe(1);
    expect(servers.filter(({ started }) => started)).toHaveLength(1);
    expect(await embeddedStatus({ home })).toMatchObject({ running: true, pid: servers[0].pid });
    // It outlives the processes that started it.
    expect(await query(home, 'select 1 as one')).toEqual([{ one: 1 }]);
  });
});

test('secrets are made once, long, different, and open to their owner alone', async () => {
  await withHome(async (home) => {
    const read = await Promise.all(Array.from({ length: 8 }, () => readSecrets(home)));
    for (const secrets of read) expect(secrets).toEqual(read[0]);
    const { passwords, ...keys } = await readSecrets(home);
    const all = [...Object.values(passwords), ...Object.values(keys)];
    expect(new Set(all).size).toBe(10);
    for (const secret of all) expect(secret).toMatch(/^[A-Za-z0-9_-]{22,}$/);
    for (const key of Object.values(keys)) expect(Buffer.from(key, 'base64url')).toHaveLength(32);
    expect((await stat(join(home, 'secrets'))).mode & 0o777).toBe(0o700);
    expect((await stat(join(home, 'secrets/secrets.json'))).mode & 0o777).toBe(0o600);
  });
});

test('a url names role, password, remembered port and database; before the first start there is none', async () => {
  await withHome(async (home) => {
    await expect(embeddedUrl({ home, role: 'app' })).rejects.toMatchObject({
      code: 'embedded_never_started',
    });
    const { port } = await start(home);
    const { passwords } = await readSecrets(home);
    expect(await embeddedUrl({ home, role: 'app' })).toBe(
      `postgresql://plinth_app:${passwords.app}@127.0.0.1:${port}/plinth`,
    );
    expect(await embeddedUrl({ home, role: 'admin', database: 'a b' })).toBe(
      `postgresql://postgres:${passwords.admin}@127.0.0.1:${port}/a%20b`,
    );
  });
});

async function canConnect(host: string, port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect({ host, port });
    const finish = (worked: boolean) => {
      socket.destroy();
      resolve(worked);
    };
    socket.once('connect', () => finish(true));
    socket.once('error', () => finish(false));
  });
}
