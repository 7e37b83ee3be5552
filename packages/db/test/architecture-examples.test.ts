import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import * as plinth from '@plinth/db';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';
import { transformSync } from '@swc/core';
import { createActors } from './support/people.js';

let testDatabase: TestDatabase;
let db: plinth.Database;
let names: Record<string, unknown>;
let examples: Map<string, string>;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  db = await testDatabase.open();
  const [actor] = await createActors(db, 1);
  const userId = actor?.userId as string;
  const artist = await plinth.artists.create(db, { name: 'somebody' });
  const campaign = await plinth.campaigns.create(db, { ownerId: userId, title: 'Roof', goalMinor: 1_000 });
  names = {
    ...plinth,
    db,
    actor,
    userId,
    artistId: artist.id,
    campaignId: campaign.id,
    fingerprint: new Uint8Array(32),
    names: [],
  };
  const text = await readFile(
    fileURLToPath(new URL('../../../docs/architecture.md', import.meta.url)),
    'utf8',
  );
  examples = new Map(
    [...text.matchAll(/<!-- example: (\w+) -->\n```ts\n([\s\S]*?)```/g)].map(([, name, code]) => [
      name as string,
      code as string,
    ]),
  );
});
afterAll(() => testDatabase.drop());

/** Runs an example of docs/architecture.md as it stands there, and answers the variables asked for. */
async function run(name: string, answers: string): Promise<Record<string, unknown>> {
  const code = examples.get(name);
  if (code === undefined) throw new Error(`docs/architecture.md has no example "${name}"`);
  const source = `export async function example({ ${Object.keys(names)
    .filter((key) => /^\w+$/.test(key))
    .join(', ')} }: any) {\n${code}\nreturn { ${answers} };\n}`;
  const options = {
    jsc: { target: 'es2023', parser: { syntax: 'typescript' } },
    module: { type: 'commonjs' },
  } as const;
  const module = { exports: {} as Record<string, (given: object) => Promise<Record<string, unknown>>> };
  new Function('module', 'exports', transformSync(source, options).code)(module, module.exports);
  return (module.exports.example as (given: object) => Promise<Record<string, unknown>>)(names);
}

test('every example of the document is run here', () => {
  expect([...examples.keys()].sort()).toEqual([
    'idempotency',
    'metrics',
    'paging',
    'repositories',
    'transactions',
  ]);
});

test('repositories', async () => {
  expect(await run('repositories', 'business, renamed, same')).toMatchObject({
    business: { version: 1, createdBy: names.userId },
    renamed: { version: 2, legalName: 'Acme GmbH' },
    same: { legalName: 'Acme GmbH' },
  });
});

test('paging', async () => {
  await run('paging', '');
  expect(names.names).toEqual(['Acme GmbH']);
});

test('transactions', async () => {
  await run('transactions', '');
  const user = await plinth.users.get(db, names.userId as string);
  expect(user).toMatchObject({ settings: { theme: 'dark' }, lastLoginAt: expect.any(Date) });
  expect(await plinth.userArtistBlocks.count(db.as(names.actor as plinth.Actor))).toBe(1);
});

test('idempotency', async () => {
  const { first, again } = await run('idempotency', 'first, again');
  expect(again).toEqual(first);
});

test('metrics', async () => {
  const { listing } = await run('metrics', 'listing');
  expect(listing).toMatchObject({ latency: { count: expect.any(Number) } });
});
