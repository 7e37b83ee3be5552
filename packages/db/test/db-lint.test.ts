import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Database, LINT_RULES, lintDatabase } from '@plinth/db';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';

/** One bad object per rule beside a good twin; the names are what the linter must say. */
const BAD: Record<string, { make: string; objects: string[] }> = {
  'rls-without-policy': {
    make: `create table bad_no_policy (id int primary key); alter table bad_no_policy enable row level security; alter table bad_no_policy force row level security`,
    objects: ['public.bad_no_policy'],
  },
  'rls-not-forced': {
    make: `create table bad_unforced (id int primary key); alter table bad_unforced enable row level security;
           create policy p on bad_unforced to plinth_app using (id = (select 1))`,
    objects: ['public.bad_unforced'],
  },
  'policy-without-rls': {
    make: `create table bad_asleep (id int primary key); create policy p on bad_asleep to plinth_app using (id = (select 1))`,
    objects: ['public.bad_asleep'],
  },
  'owner-without-rls': {
    make: `create table bad_forgotten (id int primary key, user_id uuid not null references users); create index on bad_forgotten (user_id)`,
    objects: ['public.bad_forgotten'],
  },
  'policy-always-true': {
    make: `create table bad_open (id int primary key); alter table bad_open enable row level security; alter table bad_open force row level security;
           create policy constant on bad_open for select to plinth_app using (true);
           create policy missing on bad_open for select to plinth_app;
           create policy "by itself" on bad_open for delete to plinth_app using (id = id);
           create policy arithmetic on bad_open for delete to plinth_app using (1 = 1);
           create policy unchecked on bad_open for insert to plinth_app with check (true);
           create policy open_write on bad_open for update to plinth_app using (id = (select 1)) with check (true);
           create policy fine on bad_open for select to plinth_app using (id = (select 1))`,
    objects: ['"by itself"', 'arithmetic', 'constant', 'missing', 'open_write', 'unchecked'].map(
      (name) => `${name} on public.bad_open`,
    ),
  },
  'function-search-path': {
    make: `create function bad_mutable() returns int language sql as 'select 1';
           create function plinth.bad_temp_first() returns int language sql security definer set search_path = pg_catalog as 'select 1';
           create function bad_listed() returns int language sql set search_path = public, pg_temp as 'select 1';
           create function good() returns int language sql security definer set search_path = pg_catalog, pg_temp as 'select 1';
           revoke execute on function good() from public`,
    objects: ['plinth.bad_temp_first()', 'public.bad_listed()', 'public.bad_mutable()'],
  },
  'view-definer': {
    make: `create view bad_definer as select id from users; create view bad_barrier with (security_barrier) as select id from users;
           create view good_invoker with (security_invoker) as select id from users`,
    objects: ['public.bad_barrier', 'public.bad_definer'],
  },
  'public-grant': {
    make: `create table bad_public (id int primary key, x int); grant select on bad_public to public;
           create table bad_column (id int primary key, x int); grant select (x) on bad_column to public;
           create function bad_callable() returns int language sql set search_path = pg_catalog, pg_temp as 'select 1'; grant execute on function bad_callable() to public;
           grant usage on schema plinth to public`,
    objects: ['plinth', 'public.bad_callable()', 'public.bad_column', 'public.bad_public'],
  },
  'secret-column': {
    make: `create table bad_secrets (id int primary key, password text, api_key varchar(50), reset_token bytea, "Secret_x" text, totp_secret_enc bytea, token_hash bytea, token_count text,
             note_enc text, good_enc bytea check (octet_length(good_enc) > 30))`,
    objects: ['api_key', 'note_enc', 'password', 'reset_token', 'totp_secret_enc'].map(
      (name) => `public.bad_secrets.${name}`,
    ),
  },
  'policy-index': {
    make: `create table bad_slow (id int primary key, owner uuid, second uuid, flag bool); create index on bad_slow (id, second);
           alter table bad_slow enable row level security; alter table bad_slow force row level security;
           create policy p on bad_slow to plinth_app using ((owner = (select plinth.current_user_id()) or second = (select plinth.current_user_id())) and flag)`,
    objects: ['public.bad_slow.owner', 'public.bad_slow.second'],
  },
  'policy-init-plan': {
    make: `create table bad_bare (id uuid primary key); alter table bad_bare enable row level security; alter table bad_bare force row level security;
           create policy bare on bad_bare to plinth_app using (id = plinth.current_user_id());
           create policy setting on bad_bare to plinth_app using (id = (select plinth.current_user_id()) and current_setting('x', true) = 'on');
           create policy checked on bad_bare for insert to plinth_app with check (id = plinth.current_user_id());
           create policy wrapped on bad_bare to plinth_app using (id = (select plinth.current_user_id()) and id = any (array(select plinth.actor_conversations())))`,
    objects: ['bare on public.bad_bare', 'checked on public.bad_bare', 'setting on public.bad_bare'],
  },
  'foreign-key-index': {
    make: `create table bad_parent (a int, b int, primary key (a, b)); create table bad_child (id int primary key, a int, b int, c int,
             constraint bad_child_fkey foreign key (a, b) references bad_parent); create index on bad_child (a, c, b);
           create table good_child (id int primary key, a int, b int, foreign key (a, b) references bad_parent); create index on good_child (b, a, id)`,
    objects: ['bad_child_fkey on public.bad_child'],
  },
  'primary-key': {
    make: 'create table bad_keyless (id int)',
    objects: ['public.bad_keyless'],
  },
  'duplicate-index': {
    make: `create table bad_twice (id int primary key, x int); create index bad_twice_first on bad_twice (x); create index bad_twice_second on bad_twice (x);
           create index bad_twice_id on bad_twice (id); create index good_desc on bad_twice (x desc); create index good_part on bad_twice (x) where x > 0`,
    objects: ['bad_twice_id on public.bad_twice', 'bad_twice_second on public.bad_twice'],
  },
};

describe.each([15, 18] as const)('db lint on PostgreSQL %i', (major) => {
  let testDatabase: TestDatabase;
  let admin: Database;

  beforeAll(async () => {
    testDatabase = await createTestDatabase({ major });
    admin = await testDatabase.open('admin');
  });
  afterAll(() => testDatabase.drop());

  test('finds nothing in our schema, whichever role looks', async () => {
    for (const role of ['admin', 'migrator', 'app', 'readonly'] as const)
      expect(await lintDatabase(await testDatabase.open(role))).toEqual([]);
  });

  test('every rule has its bad object', () => {
    expect(Object.keys(BAD).sort()).toEqual(LINT_RULES.map(({ name }) => name).sort());
  });

  test.each(Object.keys(BAD))(
    '%s finds each bad object by its exact name, and nothing else',
    async (rule) => {
      const { make, objects } = BAD[rule] as (typeof BAD)[string];
      const undone = new Error('undone');
      await admin
        .tx(async (sql) => {
          for (const statement of make.split(';')) await sql.query(statement);
          const findings = await lintDatabase({
            tx: (work: (sql: never) => unknown) => work(withoutIsolation(sql) as never),
          } as never);
          expect(findings.filter((finding) => finding.rule === rule).map(({ object }) => object)).toEqual(
            objects,
          );
          expect(
            findings
              .filter((finding) => !objects.some((object) => finding.object === object))
              .map(({ object }) => object)
              .filter((object) => !related(object, objects)),
          ).toEqual([]);
          throw undone;
        })
        .catch((error) => {
          if (error !== undone) throw error;
        });
    },
  );
});

/** Within the transaction that made the bad objects its isolation cannot be set any more. */
function withoutIsolation<T extends { query: (text: string) => Promise<unknown> }>(sql: T): T {
  return {
    ...sql,
    query: (text: string) => (text.startsWith('set transaction') ? Promise.resolve([]) : sql.query(text)),
  };
}

/** A fixture may break a second rule by the same object. */
const related = (object: string, objects: string[]) =>
  objects.some((bad) => bad.includes('bad_') && object.includes(/bad_\w+/.exec(bad)?.[0] ?? '-'));
