import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Database, withClient } from '@plinth/db';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';
import { runMigrations } from 'graphile-worker';

/** Everything in a schema, as lines; that a column is not null is in the column's line. */
const CATALOG = `
  select line from (
    select 'relation ' || c.relname || ' ' || c.relkind::text || ' ' || c.relrowsecurity as line from pg_class c where c.relnamespace = 'graphile_worker'::regnamespace
    union all select 'column ' || c.relname || '.' || a.attname || ' ' || a.attnum || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull || ' ' || a.attidentity::text || ' ' || coalesce(pg_get_expr(d.adbin, d.adrelid), '')
      from pg_attribute a join pg_class c on c.oid = a.attrelid left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
      where c.relnamespace = 'graphile_worker'::regnamespace and a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'v', 'c')
    union all select 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) from pg_constraint where connamespace = 'graphile_worker'::regnamespace and contype <> 'n'
    union all select 'index ' || indexdef from pg_indexes where schemaname = 'graphile_worker'
    union all select 'view ' || pg_get_viewdef('graphile_worker.jobs'::regclass)
    union all select 'function ' || p.oid::regprocedure || ' ' || pg_get_function_result(p.oid) || ' ' || p.provolatile::text || p.proisstrict || p.prosecdef || ' ' || md5(p.prosrc) || ' ' || coalesce(pg_get_function_arguments(p.oid), '') from pg_proc p where p.pronamespace = 'graphile_worker'::regnamespace
    union all select 'trigger ' || pg_get_triggerdef(oid) from pg_trigger where not tgisinternal and tgrelid::regclass::text like 'graphile_worker.%'
    union all select 'migration ' || id || ' ' || breaking from graphile_worker.migrations
  ) t order by line collate "C"`;

describe.each([15, 18] as const)('the job schema on PostgreSQL %i', (major) => {
  let ours: TestDatabase;
  let theirs: TestDatabase;
  let app: Database;

  beforeAll(async () => {
    ours = await createTestDatabase({ major });
    theirs = await createTestDatabase({ major, empty: true });
    app = await ours.open('app');
  });
  afterAll(async () => {
    await ours.drop();
    await theirs.drop();
  });

  test('is what the pinned graphile-worker makes by itself; a newer one needs a migration of ours', async () => {
    await runMigrations({ connectionString: theirs.url('migrator') });
    const catalog = (database: TestDatabase) =>
      withClient(database.url('admin'), async (client) =>
        (await client.query<{ line: string }>(CATALOG)).rows.map((row) => row.line),
      );
    const expected = await catalog(theirs);
    expect(expected.length).toBeGreaterThan(60);
    expect(await catalog(ours)).toEqual(expected);
  });

  test('the worker role finds nothing to migrate, and could not', async () => {
    await runMigrations({ connectionString: ours.url('worker') });
    const worker = await ours.open('worker');
    for (const statement of [
      'create table graphile_worker.x (id int)',
      'drop table graphile_worker._private_jobs',
      'insert into graphile_worker.migrations (id) values (99)',
      'alter table graphile_worker._private_jobs disable row level security',
    ]) {
      await expect(worker.query(statement)).rejects.toMatchObject({ code: 'permission' });
    }
  });

  test('the application reaches the queue by enqueue_job alone, and only with tasks that are its own', async () => {
    const { id } = await app.one<{ id: string }>(
      `select plinth.enqueue_job('deliver-webhook', '{"eventId":"x"}')::text as id`,
    );
    expect(Number(id)).toBeGreaterThan(0);
    for (const statement of [
      `select plinth.enqueue_job('purge-expired', '{}')`,
      `select plinth.enqueue_job('seal-audit', '{}')`,
      'select plinth.enqueue_job(null, null)',
      `select graphile_worker.add_job('deliver-webhook')`,
      'select * from graphile_worker.jobs',
      'delete from graphile_worker._private_jobs',
    ]) {
      await expect(app.query(statement)).rejects.toMatchObject({ code: 'permission' });
    }
    for (const payload of ['[]', '"x"', null, JSON.stringify({ long: 'x'.repeat(17_000) })]) {
      await expect(
        app.query(`select plinth.enqueue_job('deliver-webhook', $1)`, [payload]),
      ).rejects.toMatchObject({ code: 'invalid_value' });
    }
  });

  test('a job exists if and only if its transaction commits; the same key replaces a job that has not begun', async () => {
    const count = async () => {
      const readonly = await ours.open('readonly', { DB_POOL_MAX: '1' });
      const [row] = await readonly.query<{ jobs: number }>(
        `select count(*)::int as jobs from graphile_worker.jobs where key = 'k'`,
      );
      await readonly.close();
      return row?.jobs;
    };
    const enqueue = `select plinth.enqueue_job('deliver-webhook', '{}', 'k', now() + interval '1 day')`;
    await expect(
      app.tx(async (sql) => {
        await sql.query(enqueue);
        throw new Error('undo');
      }),
    ).rejects.toThrow('undo');
    expect(await count()).toBe(0);
    await app.query(enqueue);
    await app.query(enqueue);
    expect(await count()).toBe(1);
  });
});
