import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';
import pg from 'pg';
import { buildLockTree, type LockNode, readLockTree, releaseStatement } from '../../src/monitor/lock-tree.js';
import { openMonitorSession } from '../../src/monitor/session.js';

describe.each([15, 18] as const)('the lock tree on PostgreSQL %i', (major) => {
  let database: TestDatabase;
  let clients: pg.Client[] = [];
  beforeAll(async () => {
    database = await createTestDatabase({ major });
    const client = await connect();
    await client.query(
      'create table public.queue (id int primary key); insert into public.queue values (1), (2)',
    );
  });
  afterEach(async () => {
    for (const client of clients) await client.end().catch(() => {});
    clients = [];
  });
  afterAll(() => database.drop());

  async function connect(): Promise<pg.Client & { pid: number }> {
    const client = new pg.Client({ connectionString: database.url('admin') });
    client.on('error', () => {});
    await client.connect();
    clients.push(client);
    return Object.assign(client, { pid: (client as unknown as { processID: number }).processID });
  }
  const start = async (client: pg.Client, text: string) => {
    client.query(text).catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 150));
  };
  const read = async () => {
    const session = await openMonitorSession(database.url('readonly'));
    return await readLockTree(session.sql).finally(() => session.close());
  };
  const shape = ({ pid, blocks }: LockNode): object => ({ [pid]: blocks.map(shape) });

  test('names the root where a schema change waits behind a reader, queries behind it, and an advisory lock is held', async () => {
    const [a, b, c, d] = [await connect(), await connect(), await connect(), await connect()];
    await a.query('begin; select * from public.queue; select pg_advisory_lock(4711)');
    await start(b, 'alter table public.queue add column name text');
    await start(c, "select * from public.queue where id = 12345 and 'secret' = 'secret'");
    await start(d, 'select pg_advisory_lock(4711)');

    const { roots, blocked, oldestWaitMs } = await read();
    expect(roots.map(shape)).toEqual([
      { [a.pid]: expect.arrayContaining([{ [b.pid]: [{ [c.pid]: [] }] }, { [d.pid]: [] }]) },
    ]);
    expect(blocked).toBe(3);
    expect(oldestWaitMs).toBeGreaterThan(200);
    const [root] = roots;
    expect(root).toMatchObject({ state: 'idle in transaction', blockedBy: [], wants: null, waitedMs: null });
    const below = root?.blocks.find(({ pid }) => pid === b.pid);
    expect(below).toMatchObject({
      wants: { mode: 'AccessExclusiveLock', type: 'relation', relation: 'queue' },
      blockedBy: [a.pid],
    });
    expect(below?.blocks[0]?.query).toBe('select * from public.queue where id = ? and ? = ?');
    expect(releaseStatement(root as LockNode)).toBe(`select pg_terminate_backend(${a.pid})`);
  });

  test('row locks: the holder of the row is the root of those who queue for it', async () => {
    const [a, b, c] = [await connect(), await connect(), await connect()];
    await a.query('begin; update public.queue set id = id where id = 1');
    await start(b, 'update public.queue set id = id where id = 1');
    await start(c, 'update public.queue set id = id where id = 1');
    const { roots, blocked } = await read();
    expect(roots.map(({ pid }) => pid)).toEqual([a.pid]);
    expect(blocked).toBe(2);
  });

  test('nobody waits: no roots', async () => {
    const a = await connect();
    await a.query('begin; lock table public.queue in access exclusive mode');
    expect(await read()).toEqual({ roots: [], blocked: 0, oldestWaitMs: 0 });
  });
});

test('a deadlock about to be found has a root, too, and the tree an end', () => {
  const session = {
    backendStart: null,
    role: 'r',
    application: 'a',
    state: 'active',
    query: 'q',
    transactionMs: 1,
    waitedMs: 5,
  };
  const lock = { mode: 'ExclusiveLock', type: 'tuple', relation: null };
  const { roots, blocked } = buildLockTree([
    { pid: 2, blockedBy: [1], ...session, ...lock },
    { pid: 1, blockedBy: [2], ...session, ...lock },
  ]);
  expect(blocked).toBe(2);
  expect(roots).toMatchObject([{ pid: 1, blocks: [{ pid: 2, blocks: [] }] }]);
});
