import { describe, expect, test } from '@jest/globals';
import { parseScript } from '../../src/migrate/split.js';
import { prismaRows, withPlace } from './runner.js';

/** Everything that could fool a scanner, as PostgreSQL runs it. */
const tricky = `-- héllo; a comment 🎉
/* outer ; /* nested ; */ still; */
CREATE FUNCTION twice(n int) RETURNS int LANGUAGE plpgsql AS $body$
BEGIN
  -- begin; commit;
  RETURN n * 2; /* ' */
END;
$body$;
CREATE TABLE "semi;colon" (id int, "ü" text DEFAULT E'\\';--');
INSERT INTO "semi;colon" VALUES (1, 'it''s; 🎉'), (2, $$;'$$);
CREATE FUNCTION three() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 3; END;
SELECT 1 AS "🎉;"`;

test('statements are found past strings, bodies, nested comments and unicode, at their exact place', async () => {
  const { statements, stepwise } = await parseScript(tricky, 'x');
  expect(statements.map(({ kind, line }) => [kind, line])).toEqual([
    ['CreateFunctionStmt', 3],
    ['CreateStmt', 9],
    ['InsertStmt', 10],
    ['CreateFunctionStmt', 11],
    ['SelectStmt', 12],
  ]);
  expect(statements.map(({ text }) => text)).toEqual([
    expect.stringMatching(/^CREATE FUNCTION twice[\s\S]*\$body\$$/),
    `CREATE TABLE "semi;colon" (id int, "ü" text DEFAULT E'\\';--')`,
    `INSERT INTO "semi;colon" VALUES (1, 'it''s; 🎉'), (2, $$;'$$)`,
    'CREATE FUNCTION three() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 3; END',
    'SELECT 1 AS "🎉;"',
  ]);
  for (const { text, start } of statements) expect(tricky.slice(start, start + text.length)).toBe(text);
  expect(stepwise).toBe(false);
});

describe.each([15, 18] as const)('on postgresql %i', (major) => {
  test.each(['', '-- migrate: no-transaction\n'])(
    'the same text runs whole and statement by statement (%j)',
    async (directive) => {
      for (const sql of [tricky, tricky.replaceAll('\n', '\r\n')]) {
        await withPlace(
          [{ up: directive + sql }],
          async ({ up, rows }) => {
            await up();
            expect(
              await rows('select id, "ü" as text, twice(id) + three() as n from "semi;colon" order by id'),
            ).toEqual([
              { id: 1, text: "it's; 🎉", n: 5 },
              { id: 2, text: ";'", n: 7 },
            ]);
            expect(await rows(prismaRows)).toMatchObject([{ steps: directive === '' ? 1 : 5 }]);
          },
          major,
        );
      }
    },
  );
});

test('BEGIN and COMMIT become blanks: every other character keeps its place', async () => {
  const sql =
    'BEGIN;\nselect 1;\nSTART TRANSACTION ISOLATION LEVEL SERIALIZABLE;savepoint a;\nCOMMIT AND CHAIN;END;select 2';
  const { runnable, neutralised, statements } = await parseScript(sql, 'x');
  expect(runnable).toHaveLength(sql.length);
  expect(runnable.replace(/\s+/g, ' ')).toBe(' ; select 1; ;savepoint a; ; ;select 2');
  expect(neutralised.map(({ line }) => line)).toEqual([1, 3, 4, 4]);
  expect(statements.map(({ text }) => text)).toEqual(['select 1', 'savepoint a', 'select 2']);
});

test.each([
  ['create index concurrently i on t (a)', true],
  ['create index i on t (a)', false],
  ['drop index concurrently i', true],
  ['reindex (concurrently) table t', true],
  ['reindex table t', false],
  ['reindex schema s', true],
  ['alter table p detach partition q concurrently', true],
  ['alter table p detach partition q', false],
  ['vacuum t', true],
  ['analyze t', false],
  ['cluster', true],
  ['cluster t', false],
  ['create database d', true],
  ['drop database d', true],
  ['alter database d set tablespace s', true],
  ["alter database d set timezone = 'UTC'", false],
  ["alter system set work_mem = '1MB'", true],
  ["create tablespace s location '/tmp'", true],
  ['drop tablespace s', true],
  ["create subscription s connection '' publication p", true],
  ['alter subscription s refresh publication', true],
  ["alter type e add value 'x'", false],
])('%s runs outside a transaction: %s', async (sql, outside) => {
  expect((await parseScript(sql, 'x')).statements[0]?.outside).toBe(outside);
});

test('directives are read from the comment at the top alone', async () => {
  const { directives } = await parseScript(
    '-- a\n-- migrate: no-transaction, lock_timeout=10s\n\nselect 1; -- migrate: x',
    'x',
  );
  expect(directives).toMatchObject({ noTransaction: true, lockTimeoutMs: 10_000 });
  await expect(parseScript('-- irreversible\n', 'x')).rejects.toMatchObject({ code: 'migration_invalid' });
});
