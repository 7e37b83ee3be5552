import { expect, test } from '@jest/globals';
import { pollAdvisoryLock, requestedLock } from '../../src/engine/lock.js';
import { splitStatements } from '../../src/engine/split-statements.js';
import { parseEngineUrl } from '../../src/engine/target.js';

test('only the migration lock is polled for, and giving up takes no lock', async () => {
  expect(requestedLock('SELECT pg_advisory_lock(72707369)')).toBe('72707369');
  expect(requestedLock('SELECT pg_advisory_unlock(72707369)')).toBeUndefined();
  let asked = 0;
  const client = {
    query: async () => {
      asked += 1;
      return { rows: [{ got: asked === 3 }] };
    },
  } as unknown as Parameters<typeof pollAdvisoryLock>[0];
  const noWait = async () => {};
  expect(await pollAdvisoryLock(client, '1', () => asked === 2, noWait)).toBe(false);
  expect(await pollAdvisoryLock(client, '1', () => false, noWait)).toBe(true);
  expect(asked).toBe(3);
});

test('statements are split at semicolons between them only', () => {
  const statements = [
    `-- a; comment\nSELECT ';', E'\\';', "a;b", $$;$$, $x$ $$; $x$`,
    '/* ; /* ; */ ; */ CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END',
    'SELECT a$b$c',
  ];
  expect(splitStatements(`${statements.join(';')};;\n-- end;\n`)).toEqual([
    `${statements[0]};`,
    `${statements[1]};`,
    `${statements[2]};`,
  ]);
});

test('a url becomes fields, with the defaults of Prisma', () => {
  const url =
    'postgresql://us%40er:p%2Fw@[::1]:5433/my%20db?schema=s&sslmode=require&connect_timeout=2&options=-c%20x%3D1';
  expect(parseEngineUrl(url)).toMatchObject({
    host: '::1',
    port: 5433,
    user: 'us@er',
    password: 'p/w',
    database: 'my db',
    schema: 's',
    tls: 'require',
    connectTimeoutMs: 2000,
    options: '-c x=1',
  });
  expect(parseEngineUrl('postgres://u@db.example/x')).toMatchObject({
    port: 5432,
    schema: 'public',
    tls: 'prefer',
    connectTimeoutMs: 5000,
  });
  expect(parseEngineUrl('postgres://u@localhost/x?host=/run/pg').host).toBe('/run/pg');
  for (const bad of [
    'mysql://u:secret@h/x',
    'not a url secret',
    'postgres://u:secret@h/x?sslmode=maybe',
    'postgres://u:100%secret@h/x',
  ]) {
    expect(() => parseEngineUrl(bad)).toThrow(/^(?!.*secret).*not usable/);
  }
});
