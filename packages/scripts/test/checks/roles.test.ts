import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { LOGIN_ROLES, type LoginRole, parseDatabaseConfig } from '@plinth/db';
import { administrators } from '../../src/checks/administrators.js';
import type { Login } from '../../src/checks/check.js';
import { grants } from '../../src/checks/grants.js';
import { owner } from '../../src/checks/owner.js';
import { roleCheck } from '../../src/checks/role.js';
import { rowSecurity } from '../../src/checks/row-security.js';
import { type CheckedServer, startCheckedServer } from './server.js';

let server: CheckedServer;
beforeAll(async () => {
  server = await startCheckedServer();
});
afterAll(() => server.remove());

test.each(LOGIN_ROLES)('%s is as it should be after bootstrap and deploy', async (role) => {
  expect(await server.check(roleCheck(role))).toEqual({
    name: `role ${role}`,
    ok: true,
    detail: `plinth_${role}`,
    fix: null,
  });
});

/** What somebody might do to a role, what the check says, and the statement that undoes it. */
const damages: [LoginRole, string, string, string][] = [
  [
    'app',
    'revoke insert on users from plinth_app',
    'lacks INSERT on public.users',
    'grant insert on users to plinth_app',
  ],
  [
    'app',
    'revoke usage on schema plinth from plinth_app',
    'lacks USAGE on schema plinth',
    'grant usage on schema plinth to plinth_app',
  ],
  [
    'app',
    'revoke execute on function plinth.uuid_v7() from plinth_app',
    'lacks EXECUTE on plinth.uuid_v7()',
    'grant execute on function plinth.uuid_v7() to plinth_app',
  ],
  [
    'app',
    'alter role plinth_app reset lock_timeout',
    'lacks lock_timeout',
    "alter role plinth_app set lock_timeout = '3s'",
  ],
  [
    'app',
    'alter role plinth_app set statement_timeout = 0',
    'lacks statement_timeout',
    "alter role plinth_app set statement_timeout = '15s'",
  ],
  [
    'app',
    'alter role plinth_app bypassrls',
    'should not have BYPASSRLS',
    'alter role plinth_app nobypassrls',
  ],
  [
    'app',
    'alter role plinth_app superuser',
    'should not have SUPERUSER',
    'alter role plinth_app nosuperuser',
  ],
  ['app', 'alter role plinth_app createdb', 'should not have CREATEDB', 'alter role plinth_app nocreatedb'],
  [
    'app',
    'alter role plinth_app replication',
    'should not have REPLICATION',
    'alter role plinth_app noreplication',
  ],
  [
    'app',
    'grant create on schema public to plinth_app',
    'should not have CREATE on schema public',
    'revoke create on schema public from plinth_app',
  ],
  [
    'app',
    'grant temporary on database plinth to plinth_app',
    'should not have TEMPORARY on database',
    'revoke temporary on database plinth from plinth_app',
  ],
  [
    'app',
    'grant truncate on users to plinth_app',
    'should not have TRUNCATE on public.users',
    'revoke truncate on users from plinth_app',
  ],
  [
    'app',
    'grant delete on audit.audit_log to plinth_app',
    'should not have DELETE on audit.audit_log',
    'revoke delete on audit.audit_log from plinth_app',
  ],
  [
    'app',
    'alter table artists owner to plinth_app',
    'should not have ownership of public.artists',
    'alter table artists owner to plinth_owner; grant select, insert, update, delete on artists to plinth_app',
  ],
  [
    'worker',
    'revoke execute on function audit.ensure_partitions(timestamptz, int) from plinth_worker',
    'lacks EXECUTE on audit.ensure_partitions',
    'grant execute on function audit.ensure_partitions(timestamptz, int) to plinth_worker',
  ],
  [
    'worker',
    'revoke select on audit.audit_seals from plinth_worker',
    'lacks SELECT on audit.audit_seals',
    'grant select on audit.audit_seals to plinth_worker',
  ],
  [
    'migrator',
    'alter role plinth_migrator in database plinth reset role',
    'lacks CREATE on database',
    'alter role plinth_migrator in database plinth set role = plinth_owner',
  ],
  [
    'migrator',
    'alter role plinth_migrator nocreatedb',
    'lacks CREATEDB',
    'alter role plinth_migrator createdb',
  ],
  [
    'migrator',
    'alter role plinth_migrator createrole',
    'should not have CREATEROLE',
    'alter role plinth_migrator nocreaterole',
  ],
  [
    'migrator',
    'alter table users owner to postgres',
    'lacks ownership of public.users',
    'alter table users owner to plinth_owner',
  ],
  [
    'readonly',
    'revoke pg_monitor from plinth_readonly',
    'lacks membership in pg_monitor',
    'grant pg_monitor to plinth_readonly',
  ],
  [
    'readonly',
    'grant update on users to plinth_readonly',
    'should not have UPDATE on public.users',
    'revoke update on users from plinth_readonly',
  ],
  ['backup', 'alter role plinth_backup nobypassrls', 'lacks BYPASSRLS', 'alter role plinth_backup bypassrls'],
  [
    'backup',
    'revoke pg_read_all_data from plinth_backup',
    'lacks SELECT on',
    'grant pg_read_all_data to plinth_backup',
  ],
  [
    'backup',
    'grant insert on users to plinth_backup',
    'should not have INSERT on public.users',
    'revoke insert on users from plinth_backup',
  ],
];

test.each(damages)('%s: "%s" is found, and its repair too', async (role, damage, says, repair) => {
  await server.admin(damage);
  try {
    const result = await server.check(roleCheck(role));
    expect(result).toMatchObject({
      ok: false,
      detail: expect.stringContaining(says),
      fix: expect.any(String),
    });
    expect(result.detail).toContain(`plinth_${role}`);
  } finally {
    await server.admin(repair);
  }
  expect(await server.check(roleCheck(role))).toMatchObject({ ok: true });
});

describe('the printed repair of a privilege too many', () => {
  test.each([
    ['grant create on schema public to plinth_app', 'revoke create on schema public from plinth_app'],
    [
      'grant temporary on database plinth to plinth_app',
      'revoke temporary on database "plinth" from plinth_app',
    ],
    ['grant truncate on users to plinth_app', 'revoke truncate on public.users from plinth_app'],
  ])('of "%s" is the statement that undoes it', async (damage, statement) => {
    await server.admin(damage);
    const { fix } = await server.check(roleCheck('app'));
    expect(fix).toBe(`psql "$(plinth db url --role admin)" -c '${statement}'`);
    await server.admin(statement);
    expect(await server.check(roleCheck('app'))).toMatchObject({ ok: true });
  });
});

test('a wrong password is told apart from missing rights, and quoted nowhere', async () => {
  const url = new URL(server.url('worker'));
  url.password = 'not-the-password';
  const logins = new Map([['worker', { url: url.href, variable: 'WORKER_DATABASE_URL', own: true }]] as [
    LoginRole,
    Login,
  ][]);
  const result = await server.check(roleCheck('worker'), { logins });
  expect(result).toMatchObject({
    ok: false,
    detail: 'cannot log in with WORKER_DATABASE_URL: the database refused the login',
    fix: expect.stringContaining('plinth_worker'),
  });
  expect(JSON.stringify(result)).not.toContain('not-the-password');
});

test('where a role has no login of its own, the finding says what the application lacks in its place', async () => {
  const logins = new Map(
    (['migrator', 'backup'] as const).map((role) => [
      role,
      { url: server.url('app'), variable: `${role.toUpperCase()}_URL`, own: false },
    ]),
  );
  expect(await server.check(roleCheck('backup'), { logins })).toMatchObject({
    ok: false,
    detail: expect.stringMatching(/^plinth_app; BACKUP_URL is not set; lacks BYPASSRLS/),
    fix: expect.stringContaining('set BACKUP_URL'),
  });
  expect(await server.check(roleCheck('migrator'), { logins })).toMatchObject({
    ok: false,
    detail: expect.stringMatching(/lacks CREATEDB, CREATE on database/),
  });
});

test('a role without a URL is judged by the catalogs, also when it is missing', async () => {
  const logins = new Map<LoginRole, Login>();
  expect(await server.check(roleCheck('readonly'), { logins })).toMatchObject({
    ok: true,
    detail: expect.stringContaining('login not tried'),
  });
  await server.admin('alter role plinth_readonly rename to was_readonly');
  try {
    expect(await server.check(roleCheck('readonly'), { logins })).toMatchObject({
      ok: false,
      detail: 'role plinth_readonly does not exist',
      fix: expect.stringContaining('01-roles.sql'),
    });
  } finally {
    await server.admin('alter role was_readonly rename to plinth_readonly');
  }
});

test('a single login outside plinth_app is told that forced row security hides rows from it, and how to end that', async () => {
  const single = async (login: string) => {
    const url = new URL(server.url('app'));
    [url.username, url.password] = [login, 'single-login'];
    return await server.check(rowSecurity, {
      settings: parseDatabaseConfig({ NODE_ENV: 'test', DATABASE_URL: url.href }),
    });
  };
  expect(await server.check(rowSecurity)).toMatchObject({
    ok: true,
    detail: expect.stringMatching(/^plinth_app has policies on \d+ tables$/),
  });
  await server.admin(`create role single login password 'single-login'; grant connect on database plinth to single; grant usage on schema public to single;
    grant select, insert, update, delete on all tables in schema public to single`);
  expect(await single('single')).toMatchObject({
    ok: false,
    detail: expect.stringMatching(
      /^single sees no row of public\..* and \d+ more: their policies are for plinth_app/,
    ),
    fix: expect.stringContaining('grant plinth_app to "single"'),
  });
  // Owning the tables does not help: row security is forced, and the owner's policy is for maintenance.
  await server.admin('grant plinth_owner to single');
  expect((await single('single')).ok).toBe(false);
  await server.admin('revoke plinth_owner from single; grant plinth_app to single');
  expect((await single('single')).ok).toBe(true);
  await server.admin('revoke plinth_app from single; alter role single bypassrls');
  expect((await single('single')).ok).toBe(true);
  await server.admin('drop owned by single; drop role single');
});

describe('what a migration granted', () => {
  test.each([
    [
      'EXECUTE of the newest migration',
      'revoke execute on function plinth.signal_session(integer, timestamptz, text, text, inet, text) from plinth_app',
      'GRANT EXECUTE ON FUNCTION plinth.signal_session(integer,timestamp with time zone,text,text,inet,text) TO plinth_app',
    ],
    [
      'audit rows',
      'revoke select on audit_entries from plinth_app',
      'GRANT SELECT ON TABLE public.audit_entries TO plinth_app',
    ],
    [
      'rows of jobs',
      'revoke update on graphile_worker._private_jobs from plinth_worker',
      'GRANT UPDATE ON TABLE graphile_worker._private_jobs TO plinth_worker',
    ],
    ['a schema', 'revoke usage on schema audit from plinth_app', 'GRANT USAGE ON SCHEMA audit TO plinth_app'],
    [
      'a sequence',
      'revoke select on sequence audit.audit_seals_id_seq from plinth_readonly',
      'GRANT SELECT ON SEQUENCE audit.audit_seals_id_seq TO plinth_readonly',
    ],
    [
      'row security',
      'alter table messages disable row level security',
      'ALTER TABLE public.messages ENABLE ROW LEVEL SECURITY',
    ],
    [
      'forced row security',
      'alter table webhooks no force row level security',
      'ALTER TABLE public.webhooks FORCE ROW LEVEL SECURITY',
    ],
    ['a policy', 'drop policy sessions_purge on sessions', 'POLICY sessions_purge ON public.sessions'],
    [
      'a policy as it was',
      'alter policy webhooks_own on webhooks using (true)',
      'POLICY webhooks_own ON public.webhooks',
    ],
  ])('is missed when it is lost, and the printed repair brings it back: %s', async (_what, damage, says) => {
    expect(await server.check(grants)).toMatchObject({ ok: true });
    await server.admin(damage);
    const { ok, detail, fix } = await server.check(grants);
    expect([ok, detail]).toEqual([false, expect.stringMatching(/^1 of \d+ are missing: /)]);
    expect(detail.slice(detail.indexOf(': ') + 2)).toBe(says);
    const [, statements = ''] = /^psql "\$\(plinth db url --role admin\)" -c '(.*)'$/.exec(fix ?? '') ?? [];
    await server.admin(statements.replaceAll(`'\\''`, "'"));
    expect(await server.check(grants)).toMatchObject({ ok: true });
  });
});

test.each([
  [
    'revoke pg_signal_backend from plinth_owner',
    'lacks pg_signal_backend',
    'grant pg_signal_backend to plinth_owner',
  ],
  [
    'revoke pg_read_all_stats from plinth_owner',
    'lacks pg_read_all_stats',
    'grant pg_read_all_stats to plinth_owner',
  ],
  ['alter role plinth_owner login', 'should not have LOGIN', 'alter role plinth_owner nologin'],
  [
    'alter role plinth_owner bypassrls',
    'should not have SUPERUSER or BYPASSRLS',
    'alter role plinth_owner nobypassrls',
  ],
])('owner: "%s" is found', async (damage, says, repair) => {
  expect(await server.check(owner)).toMatchObject({ ok: true, detail: 'plinth_owner' });
  await server.admin(damage);
  try {
    expect(await server.check(owner)).toMatchObject({
      ok: false,
      detail: expect.stringContaining(says),
      fix: expect.stringContaining('01-roles.sql'),
    });
  } finally {
    await server.admin(repair);
  }
});

test('administrators that lack a permission of this release are told of it, and the printed repair gives it', async () => {
  expect(await server.check(administrators)).toMatchObject({ ok: true });
  await server.admin(`insert into roles (name, permissions) values ('admin', '{users:read,database:read}')`);
  const { ok, detail, fix } = await server.check(administrators);
  expect([ok, detail]).toEqual([false, expect.stringMatching(/^admin lacks users:write, .* and \d+ more$/)]);
  const [, statement = ''] = /-c "(.*)"$/.exec(fix ?? '') ?? [];
  expect(statement).toContain('database:signal');
  await server.admin(statement);
  expect(await server.check(administrators)).toMatchObject({
    ok: true,
    detail: expect.stringMatching(/^admin has all \d+ permissions$/),
  });
});
