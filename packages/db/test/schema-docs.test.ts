import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Database } from '@plinth/db';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';
import { readComments } from '../../../tools/docs/prisma-comments.js';
import { renderSchemaPage } from '../../../tools/docs/schema-page.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const schemaDir = `${root}packages/db/prisma/schema`;
const committed = readFileSync(`${root}docs/schema.md`, 'utf8');

let testDatabase: TestDatabase;
let db: Database;
let page: string;
const render = () => renderSchemaPage((text) => db.query(text), schemaDir);

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  db = await testDatabase.open('admin');
  page = await render();
});
afterAll(() => testDatabase.drop());

test('docs/schema.md is what `pnpm docs:schema` writes now', () => {
  expect(committed).toBe(page);
});

test('every model and every enum says what it is', () => {
  const { models, enums } = readComments(schemaDir);
  expect(models.length).toBeGreaterThan(25);
  expect([...models, ...enums].filter(({ comment }) => comment === '')).toEqual([]);
});

test('every table outside Prisma has a comment in the database', async () => {
  const silent = await db.query(
    `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname in ('audit', 'plinth') and c.relkind in ('r', 'p', 'v') and not c.relispartition
        and coalesce(obj_description(c.oid, 'pg_class'), '') = ''`,
  );
  expect(silent).toEqual([]);
});

test('a changed table, column or index changes the page', async () => {
  for (const [change, undo] of [
    ['create table added (id int primary key)', 'drop table added'],
    ['alter table artists add column nickname text', 'alter table artists drop column nickname'],
    ['create index artists_extra_idx on artists (genres)', 'drop index artists_extra_idx'],
  ] as const) {
    await db.query(change);
    expect(await render()).not.toBe(page);
    await db.query(undo);
  }
  expect(await render()).toBe(page);
});

test('a topic that is added gets a section under the name of its file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'plinth-topic-'));
  try {
    cpSync(schemaDir, folder, { recursive: true });
    const model = '/// A place where artists play.\nmodel Venue {\n  id Int @id\n\n  @@map("venues")\n}\n';
    writeFileSync(join(folder, 'venues.prisma'), model);
    await db.query('create table venues (id int primary key)');
    const extended = await renderSchemaPage((text) => db.query(text), folder);
    await db.query('drop table venues');
    expect(extended).toContain('\n## Venues\n');
    expect(extended).toContain('A place where artists play.');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe('the diagrams', () => {
  const blocks = [...committed.matchAll(/```mermaid\n(.*?)```/gs)].map((match) => match[1] ?? '');

  test('are written in the part of Mermaid that every renderer knows', () => {
    expect(blocks.length).toBeGreaterThan(6);
    const line =
      /^(erDiagram| {2}\w+ \{| {4}\w+ \w+( (PK|FK|PK, FK))?| {2}\}| {2}\w+ (\|\||\|o)--o\{ \w+ : \w+)$/;
    for (const block of blocks) {
      for (const text of block.trimEnd().split('\n')) expect(text).toMatch(line);
    }
  });

  test('show every table with columns once, and only tables that exist', async () => {
    const boxes = blocks.flatMap((block) => [...block.matchAll(/^ {2}(\w+) \{$/gm)].map((match) => match[1]));
    expect(new Set(boxes).size).toBe(boxes.length);
    const { models } = readComments(schemaDir);
    expect(boxes).toEqual(expect.arrayContaining(models.map(({ table }) => table)));
    const ends = blocks.flatMap((block) =>
      [...block.matchAll(/^ {2}(\w+) \S+--o\{ (\w+)/gm)].flatMap(([, a, b]) => [a, b]),
    );
    for (const end of ends) expect(boxes).toContain(end);
  });
});
