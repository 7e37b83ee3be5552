import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Actor, businesses, type Database, healthChecks } from '@plinth/db';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';
import { codeOf, createActors, many } from './support/people.js';

describe.each([15, 18] as const)('transactions on PostgreSQL %i', (major) => {
  let testDatabase: TestDatabase;
  let db: Database;
  let actor: Actor;

  beforeAll(async () => {
    testDatabase = await createTestDatabase({ major });
    db = await testDatabase.open('app', { DB_POOL_MAX: '10' });
    actor = (await createActors(db, 1))[0] as Actor;
  });
  afterAll(() => testDatabase.drop());

  const sources = async (prefix: string) =>
    (
      await db.query<{ source: string }>(
        'select source from health_check where source like $1 order by source',
        [`${prefix}%`],
      )
    ).map(({ source }) => source);

  test('Prisma, SQL and repositories share one transaction, one connection and one actor', async () => {
    await db.withActor(actor, async (tx) => {
      await tx.healthCheck.create({ data: { source: 'shared-prisma' } });
      expect(
        await tx.sql.one("select count(*)::int as n from health_check where source = 'shared-prisma'"),
      ).toEqual({ n: 1 });
      await healthChecks.create(tx, { source: 'shared-repository' });
      expect(await tx.healthCheck.count({ where: { source: 'shared-repository' } })).toBe(1);
      const [viaPrisma] = await tx.$queryRaw<
        { pid: number; who: string }[]
      >`select pg_backend_pid() as pid, current_setting('app.user_id') as who`;
      expect(
        await tx.sql.one("select pg_backend_pid() as pid, current_setting('app.user_id') as who"),
      ).toEqual(viaPrisma);
      expect(viaPrisma?.who).toBe(actor.userId);
      expect(await sources('shared')).toEqual([]);
    });
    expect(await sources('shared')).toEqual(['shared-prisma', 'shared-repository']);
  });

  test('many transactions at once each get their own connection', async () => {
    const pids = await Promise.all(
      Array.from({ length: 10 }, () =>
        db.withTransaction(async (tx) => {
          const [viaPrisma] = await tx.$queryRaw<
            { pid: number }[]
          >`select pg_backend_pid() as pid, pg_sleep(0.05)::text`;
          const viaSql = await tx.sql.one<{ pid: number }>('select pg_backend_pid() as pid');
          expect(viaSql.pid).toBe(viaPrisma?.pid);
          return viaSql.pid;
        }),
      ),
    );
    expect(new Set(pids).size).toBe(10);
  });

  test('a nested transaction that fails undoes only what it did', async () => {
    await db.withTransaction(async (tx) => {
      await tx.healthCheck.create({ data: { source: 'nested-outer' } });
      const inner = tx.withTransaction(async (nested) => {
        await nested.healthCheck.create({ data: { source: 'nested-inner' } });
        await nested.withTransaction((deeper) => healthChecks.create(deeper, { source: 'nested-deeper' }));
        await nested.sql.none("insert into health_check (source) values ('nested-outer')");
      });
      expect(await codeOf(inner)).toBe('conflict');
      await healthChecks.create(tx, { source: 'nested-after' });
    });
    expect(await sources('nested')).toEqual(['nested-after', 'nested-outer']);
  });

  test('a failure that the work swallowed is told, not turned into a silent rollback', async () => {
    const swallow = { code: 'internal', fix: expect.stringContaining('nothing was committed') };
    const viaPrisma = db.withTransaction(async (tx) => {
      await tx.healthCheck.create({ data: { source: 'swallowed-prisma' } });
      await tx.healthCheck.create({ data: { source: 'swallowed-prisma' } }).catch(() => {});
    });
    await expect(viaPrisma).rejects.toMatchObject(swallow);
    const viaSql = db.tx(async (sql) => {
      await sql.none("insert into health_check (source) values ('swallowed-sql')");
      await sql.query('select 1 / 0').catch(() => {});
    });
    await expect(viaSql).rejects.toMatchObject(swallow);
    expect(await sources('swallowed')).toEqual([]);
    expect(db.poolStatus().checked_out).toBe(0);
  });

  test('transfers between counters under Serializable all succeed, keep the sum, and retry within the budget', async () => {
    const transfers = many(50, 500);
    await db.none(
      "insert into health_check (source, writes) select 'account-' || n, 100 from generate_series(1, 4) n",
    );
    const transfer = async (n: number) =>
      db.withTransaction(
        async (tx) => {
          const from = await tx.healthCheck.findUniqueOrThrow({
            where: { source: `account-${(n % 4) + 1}` },
          });
          await healthChecks.update(tx, from.source, { writes: from.writes - 1n });
          await tx.healthCheck.update({
            where: { source: `account-${((n + 1) % 4) + 1}` },
            data: { writes: { increment: 1n } },
          });
        },
        { isolationLevel: 'Serializable', retries: 30 },
      );
    for (let n = 0; n < transfers; n += 5) await Promise.all([0, 1, 2, 3, 4].map((k) => transfer(n + k)));
    expect(
      await db.one("select sum(writes)::int as total from health_check where source like 'account-%'"),
    ).toEqual({ total: 400 });
    const { serialization = 0, deadlock = 0 } = db.metrics().retries;
    expect(serialization + deadlock).toBeLessThanOrEqual(100 + transfers * 0.1 + 10);
  });

  test('a deadlock runs the victim again, and both succeed', async () => {
    await db.none("insert into health_check (source) values ('lock-1'), ('lock-2')");
    const both = (first: string, second: string) =>
      db.tx(async (sql) => {
        await sql.none('update health_check set writes = writes + 1 where source = $1', [first]);
        await new Promise((resolve) => setTimeout(resolve, 100));
        await sql.none('update health_check set writes = writes + 1 where source = $1', [second]);
      });
    await Promise.all([both('lock-1', 'lock-2'), both('lock-2', 'lock-1')]);
    expect(await db.query("select writes::int as n from health_check where source like 'lock-%'")).toEqual([
      { n: 3 },
      { n: 3 },
    ]);
    expect(db.metrics().retries.deadlock).toBeGreaterThan(0);
  });

  test('retries stop at the deadline, at the number, and where the budget is spent', async () => {
    let tries = 0;
    const collide = (options: Parameters<Database['withTransaction']>[1]) => {
      tries = 0;
      return codeOf(
        db.withTransaction(async (tx) => {
          tries++;
          await tx.$executeRaw`do $$ begin raise exception 'collided' using errcode = '40001'; end $$`;
        }, options),
      );
    };
    const instant = { sleep: async () => {}, random: () => 1 };
    expect([await collide({ retryTiming: instant }), tries]).toEqual(['serialization', 6]);
    expect([await collide({ retries: 2, retryTiming: instant }), tries]).toEqual(['serialization', 3]);
    let now = 0;
    const clock = {
      sleep: async (ms: number) => {
        now += ms;
      },
      random: () => 1,
      now: () => now,
    };
    expect([await collide({ deadlineMs: 70, retryTiming: clock }), tries]).toEqual(['serialization', 3]);
    const storm = await testDatabase.open();
    for (let n = 0; n < 40; n++) {
      await codeOf(
        storm.tx(
          (sql) => sql.query("do $$ begin raise exception 'collided' using errcode = '40001'; end $$"),
          undefined,
          { retries: 5 },
        ),
      );
      if ((storm.metrics().retries.budget_spent ?? 0) > 0) break;
    }
    expect(storm.metrics().retries.serialization).toBeLessThanOrEqual(104);
    expect(storm.metrics().retries.budget_spent).toBeGreaterThan(0);
  }, 120_000);

  test('work that carries an idempotency key is done once and answered alike', async () => {
    const fingerprint = new Uint8Array(32).fill(1);
    const create = (print = fingerprint) =>
      db.withActor(
        actor,
        async (tx) => {
          const row = await businesses.create(tx, {
            legalName: 'once',
            registrationNumber: 'once',
            country: 'DE',
          });
          return { id: row.id };
        },
        { idempotency: { principal: `user:${actor.userId}`, key: 'k1', fingerprint: print } },
      );
    const answers = await Promise.all(Array.from({ length: 5 }, () => create()));
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    expect(await businesses.count(db, { legalName: 'once' })).toBe(1);
    expect(await codeOf(create(new Uint8Array(32).fill(2)))).toBe('conflict');
  });

  test('an SQL transaction can be read only and repeatable', async () => {
    const readOnly = db.tx(
      (sql) => sql.none("insert into health_check (source) values ('never')"),
      undefined,
      {
        readOnly: true,
      },
    );
    expect(await codeOf(readOnly)).toBe('read_only');
    const level = await db.tx(
      (sql) => sql.one("select current_setting('transaction_isolation') as level"),
      actor,
      { isolationLevel: 'RepeatableRead' },
    );
    expect(level).toEqual({ level: 'repeatable read' });
  });
});
