import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Database, LOGIN_ROLES } from '@plinth/db';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';

describe.each([15, 18] as const)('roles on PostgreSQL %i', (major) => {
  let testDatabase: TestDatabase;
  let app: Database;

  beforeAll(async () => {
    testDatabase = await createTestDatabase({ major });
    app = await testDatabase.open('app');
  });
  afterAll(() => testDatabase.drop());

  const forbidden: [string, string][] = [
    ['CREATE TABLE', 'create table public.x (id int)'],
    ['CREATE TEMP TABLE', 'create temp table x (id int)'],
    ['CREATE SCHEMA', 'create schema x'],
    ['CREATE FUNCTION', "create function public.x() returns int language sql as 'select 1'"],
    ['CREATE EXTENSION', 'create extension citext'],
    ['CREATE ROLE', 'create role x'],
    ['CREATE DATABASE', 'create database x'],
    ['ALTER TABLE', 'alter table public.users add column x int'],
    ['DISABLE TRIGGER', 'alter table public.users disable trigger all'],
    ['DROP TABLE', 'drop table public.users'],
    ['TRUNCATE', 'truncate public.users'],
    ['COPY PROGRAM', "copy public.users to program 'cat'"],
    ['COPY to a file', "copy public.users to '/tmp/x'"],
    ['SET ROLE owner', 'set role plinth_owner'],
    ['SET SESSION AUTHORIZATION', 'set session authorization plinth_backup'],
    ['session_replication_role', "set session_replication_role = 'replica'"],
    ['pg_read_file', "select pg_read_file('/etc/hostname')"],
    ['large objects', 'select lo_create(0)'],
    ['writing the migration history', "update public._prisma_migrations set checksum = ''"],
    ['resetting statistics', 'select pg_stat_statements_reset()'],
  ];

  test.each(forbidden)('the app role may not: %s', async (_name, statement) => {
    await expect(app.query(statement)).rejects.toMatchObject({ code: 'permission' });
  });

  test('a table that the migrator adds is usable by the app at once, readable by readonly, and owned by the owner', async () => {
    const migrator = await testDatabase.open('migrator');
    await migrator.query('create table public.added (id int primary key)');
    await app.query('insert into public.added values (1)');
    expect(await app.query('update public.added set id = 2 returning id')).toEqual([{ id: 2 }]);
    const readonly = await testDatabase.open('readonly');
    expect(await readonly.query('select id from public.added')).toEqual([{ id: 2 }]);
    await expect(readonly.query('delete from public.added')).rejects.toMatchObject({
      code: expect.stringMatching(/permission|read_only/),
    });
    expect(await app.one("select tableowner from pg_tables where tablename = 'added'")).toEqual({
      tableowner: 'plinth_owner',
    });
    await migrator.query('drop table public.added');
  });

  test('nothing of ours is open to PUBLIC', async () => {
    const open = await app.query(
      `select p.oid::regprocedure::text as object from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where n.nspname in ('plinth', 'audit', 'public')
          and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
          and exists (select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a where a.grantee = 0)
       union all
       select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname in ('plinth', 'audit', 'public')
          and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
          and exists (select from aclexplode(c.relacl) a where a.grantee = 0)`,
    );
    expect(open).toEqual([]);
  });

  test('every function of ours has a fixed search_path', async () => {
    const loose = await app.query(
      `select p.oid::regprocedure::text as object from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where n.nspname in ('plinth', 'audit') and not coalesce(array_to_string(p.proconfig, ',') like '%search_path=%', false)`,
    );
    expect(loose).toEqual([]);
  });

  test('no login role is a superuser or may create roles, and every session is in UTC', async () => {
    for (const role of LOGIN_ROLES) {
      const db = await testDatabase.open(role);
      expect(
        await db.one(
          "select rolsuper, rolcreaterole, current_setting('TimeZone') as zone from pg_roles where rolname = session_user",
        ),
      ).toEqual({ rolsuper: false, rolcreaterole: false, zone: 'UTC' });
    }
  });

  test('the app role has its timeouts', async () => {
    expect(
      await app.one(
        `select current_setting('lock_timeout') as lock, current_setting('idle_in_transaction_session_timeout') as idle,
                current_setting('client_connection_check_interval') as check`,
      ),
    ).toEqual({ lock: '3s', idle: '10s', check: '5s' });
  });
});
