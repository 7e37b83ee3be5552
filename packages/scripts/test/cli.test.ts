import { describe, expect, test } from '@jest/globals';
import { exitCodes } from '../src/exit-codes.js';
import { plinth } from './plinth.js';

const nowhere = { PLINTH_HOME: '/nonexistent/plinth' };

describe('help', () => {
  test.each(
    [[], ['up'], ['down'], ['db'], ['db', 'start'], ['db', 'url'], ['db', 'clear']].map((words) => [words]),
  )('of %j goes to stdout, names --json, and needs no valid settings', async (words) => {
    const { code, stdout, stderr } = await plinth([...words, '--help'], { ...nowhere, PORT: 'nonsense' });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('Usage: plinth');
    expect(stdout).toContain('--json');
  });
});

test('with --json help too is one document', async () => {
  const { code, stdout } = await plinth(['db', 'clear', '--help', '--json'], nowhere);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual({ help: expect.stringContaining('Usage: plinth db clear') });
});

describe('usage errors end with 2', () => {
  test.each([
    [['nonsense']],
    [['db', 'nonsense']],
    [['db', 'url', '--role', 'king']],
    [['db', 'drop']],
    [['up', '--port', '99999']],
    [[]],
  ])('%j', async (words) => {
    const [people, programs] = await Promise.all([
      plinth(words, nowhere),
      plinth([...words, '--json'], nowhere),
    ]);
    expect(people.code).toBe(2);
    expect(people.stdout).toBe('');
    expect(people.stderr).not.toBe('');
    expect(programs.code).toBe(2);
    expect(JSON.parse(programs.stdout)).toEqual({
      error: { code: 'usage', message: expect.any(String), fix: expect.any(String) },
    });
  });
});

test('all wrong settings are reported together', async () => {
  const env = { ...nowhere, NODE_ENV: 'prod', PORT: 'x', PLINTH_PG_MAJOR: '16', DATABASE_URL: 'mysql://x' };
  const { code, stdout } = await plinth(['db', 'status', '--json'], env);
  expect(code).toBe(2);
  const { error } = JSON.parse(stdout);
  expect(error.code).toBe('config_invalid');
  for (const name of ['NODE_ENV', 'PORT', 'PLINTH_PG_MAJOR', 'DATABASE_URL'])
    expect(error.message).toContain(name);
});

test('a url without a database is refused: the server would choose one', async () => {
  const env = { ...nowhere, DATABASE_URL: 'postgresql://app@127.0.0.1:1' };
  const { code, stdout } = await plinth(['migrate', 'status', '--json'], env);
  expect(code).toBe(2);
  expect(JSON.parse(stdout).error.message).toBe('DATABASE_URL: names no database');
});

test('a url whose password is not encoded is refused with how it is written, and without the password', async () => {
  const env = { ...nowhere, DATABASE_URL: 'postgresql://app:sek/ret#word@127.0.0.1:1/shop' };
  const { code, stdout, stderr } = await plinth(['migrate', 'status', '--json'], env);
  expect(code).toBe(2);
  expect(JSON.parse(stdout).error.message).toContain('%40 %3A %2F %23');
  expect(stdout + stderr).not.toMatch(/sek|word@/);
});

test('a server that does not answer ends with 10 and a fix, and no output holds the password', async () => {
  const env = { DATABASE_URL: 'postgresql://app:sekret-word@127.0.0.1:1/shop', DB_CONNECT_RETRIES: '0' };
  const { code, stdout, stderr } = await plinth(['db', 'clear', '--confirm', 'shop', '--json'], env);
  expect(code).toBe(10);
  expect(JSON.parse(stdout).error).toMatchObject({
    code: 'unavailable',
    fix: expect.stringContaining('DATABASE_URL'),
  });
  expect(stdout + stderr).not.toContain('sekret-word');
  const people = await plinth(['db', 'clear', '--confirm', 'shop'], env);
  expect(people).toMatchObject({ code: 10, stdout: '' });
  expect(people.stderr).toMatch(/^error: .+\nfix: .+\n$/);
});

test('the table of exit codes is the one that was promised', () => {
  expect(Object.values(exitCodes)).toEqual([
    0, 1, 2, 3, 4, 5, 6, 10, 11, 12, 13, 20, 21, 22, 23, 24, 30, 31, 130, 143,
  ]);
});
