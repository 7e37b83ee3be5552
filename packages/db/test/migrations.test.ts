import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Database, withClient } from '@plinth/db';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';
import { MIGRATIONS_DIR } from '../src/initialize.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const names = readdirSync(MIGRATIONS_DIR)
  .filter((name) => /^\d{14}_/.test(name))
  .sort();

/** Everything a migration of ours can leave behind, as sorted lines. */
const CATALOG = `
  select * from (
    select 'relation ' || c.oid::regclass || ' ' || c.relkind::text || ' ' || coalesce(c.relacl::text, '') || ' ' || coalesce(array_to_string(c.reloptions, ','), '') as line from pg_class c
      where c.relnamespace in (select oid from pg_namespace where nspname in ('public', 'plinth', 'audit')) and c.relname !~ '^audit_log_\\d'
    union all select 'column ' || a.attrelid::regclass || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull || ' ' || coalesce(pg_get_expr(d.adbin, d.adrelid), '')
      from pg_attribute a join pg_class c on c.oid = a.attrelid left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
      where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'v') and c.relnamespace in (select oid from pg_namespace where nspname in ('public', 'plinth', 'audit')) and c.relname !~ '^audit_log_\\d'
    union all select 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) from pg_constraint where conrelid <> 0 and connamespace in (select oid from pg_namespace where nspname in ('public', 'plinth', 'audit')) and conrelid::regclass::text !~ 'audit_log_\\d'
    union all select 'index ' || indexdef from pg_indexes where schemaname in ('public', 'plinth', 'audit') and tablename !~ '^audit_log_\\d'
    union all select 'function ' || p.oid::regprocedure || ' ' || p.prosecdef || ' ' || md5(p.prosrc) || ' ' || coalesce(p.proacl::text, '') || ' ' || coalesce(array_to_string(p.proconfig, ','), '') from pg_proc p where p.pronamespace in (select oid from pg_namespace where nspname in ('public', 'plinth', 'audit'))
    union all select 'trigger ' || pg_get_triggerdef(oid) from pg_trigger where not tgisinternal and tgrelid::regclass::text !~ 'audit_log_\\d'
    union all select 'type ' || t.typname || ' ' || coalesce((select string_agg(enumlabel, ',' order by enumsortorder) from pg_enum where enumtypid = t.oid), '') from pg_type t where t.typtype = 'e'
    union all select 'policy ' || polrelid::regclass || ' ' || polname from pg_policy
    union all select 'schema ' || nspname || ' ' || coalesce(nspacl::text, '') from pg_namespace where nspname !~ '^pg_(toast|temp)'
    union all select 'default privilege ' || defaclrole::regrole || ' ' || defaclnamespace || ' ' || defaclobjtype::text || ' ' || defaclacl::text from pg_default_acl
    union all select 'extension ' || extname from pg_extension
    union all select 'comment ' || classoid::regclass || ' ' || md5(description) from pg_description where objoid >= 16384
  ) t order by line collate "C"`;

test.each(names)('%s has a down.sql', (name) => {
  expect(readFileSync(`${MIGRATIONS_DIR}/${name}/down.sql`, 'utf8').trim()).not.toBe('');
});

describe.each([15, 18] as const)('our history on PostgreSQL %i', (major) => {
  let testDatabase: TestDatabase;
  let db: Database;
  const prisma = (...args: string[]) =>
    promisify(execFile)(`${ROOT}node_modules/.bin/prisma`, ['migrate', ...args], {
      cwd: ROOT,
      env: { ...process.env, DATABASE_URL: testDatabase.url('migrator'), NODE_OPTIONS: '' },
    });
  /** As a release does it. Answers the names in the history. */
  const deploy = async () => {
    const { stdout } = await prisma('deploy');
    const rows = await db.query<{ name: string }>(
      'select migration_name as name from public._prisma_migrations where finished_at is not null order by finished_at',
    );
    return { applied: rows.map(({ name }) => name), stdout };
  };
  const catalog = async () => (await db.query<{ line: string }>(CATALOG)).map((row) => row.line);

  /** Runs every down, newest first, as the migrator, and forgets the history. */
  const downAll = () =>
    withClient(testDatabase.url('migrator'), async (client) => {
      for (const name of [...names].reverse())
        await client.query(readFileSync(`${MIGRATIONS_DIR}/${name}/down.sql`, 'utf8'));
      await client.query('delete from public._prisma_migrations');
    });

  beforeAll(async () => {
    testDatabase = await createTestDatabase({ major, empty: true });
    db = await testDatabase.open('admin');
  });
  afterAll(() => testDatabase.drop());

  test('downs empty the database, and deploying again gives the same catalog', async () => {
    expect((await deploy()).applied).toEqual(names);
    const deployed = await catalog();
    await downAll();
    const left = await db.query(
      `select relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') and relname !~ '^(_prisma_migrations|pg_stat_statements)'
       union all select nspname from pg_namespace where nspname !~ '^pg_' and nspname not in ('public', 'information_schema')
       union all select typname from pg_type where typtype = 'e'
       union all select proname from pg_proc where pronamespace = 'public'::regnamespace and proname !~ '^pg_stat_statements'`,
    );
    expect(left).toEqual([]);
    const emptied = await catalog();
    expect((await deploy()).applied).toEqual(names);
    expect(await catalog()).toEqual(deployed);
    await downAll();
    expect(await catalog()).toEqual(emptied);
    await deploy();
    const again = await deploy();
    expect(again.stdout).toContain('No pending migrations to apply');
    expect(again.applied).toEqual(names);
  });

  test('schema, migrations and live database agree according to Prisma', async () => {
    const diff = (...args: string[]) => prisma('diff', '--exit-code', ...args);
    await expect(diff('--from-config-datasource', '--to-schema', 'prisma/schema')).resolves.toBeDefined();
    await expect(
      diff('--from-migrations', 'prisma/migrations', '--to-schema', 'prisma/schema'),
    ).resolves.toBeDefined();
  });
});
