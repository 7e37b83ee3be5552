import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { urlFor, withClient } from '@plinth/db';
import { roleUrl, testServer } from '@plinth/db/testing';
import { compareContent } from '../../src/backup/compare-content.js';
import { drillBackup, type RestoreOptions, withRestored } from '../../src/backup/drill.js';
import { readContent } from '../../src/backup/snapshot.js';
import type { StoredSet } from '../../src/backup/store.js';
import { readSmallFile } from '../../src/backup/verify-files.js';
import {
  abandonedScratch,
  codeOf,
  type Fixture,
  hasTools,
  opener,
  openFixture,
  tools,
} from './backup-fixture.js';

let fixture: Fixture;
let set: StoredSet;
let options: RestoreOptions;

/** One of everything that the domain's own schema may lack. */
const oddities = `
  CREATE SCHEMA "odd ""schema""";
  CREATE TABLE "odd ""schema"""."ta ble%'ü" (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "col umn" text DEFAULT 'x', b bytea, f float8, n numeric, j jsonb, ts timestamptz, a int[]);
  INSERT INTO "odd ""schema"""."ta ble%'ü" ("col umn", b, f, n, j, ts, a) VALUES (E'a\\tb\\n\\\\.', '\\x00ff', 'NaN', 1e-20, '{"k": [1, null]}', '-infinity', '{1,NULL}'), (NULL, NULL, 0.1, NULL, NULL, NULL, '{}');
  CREATE TABLE "odd ""schema""".parted (k int, v text) PARTITION BY RANGE (k);
  CREATE TABLE "odd ""schema""".parted_1 PARTITION OF "odd ""schema""".parted FOR VALUES FROM (0) TO (10);
  INSERT INTO "odd ""schema""".parted SELECT i % 10, repeat('long', 1000) FROM generate_series(1, 50) i;
  CREATE DOMAIN positive AS int CHECK (VALUE > 0);
  CREATE TYPE pair AS (a int, b text);
  CREATE TYPE color AS ENUM ('red', 'blue');
  CREATE TABLE kinds (c color, many color[], p pair, r regclass, rs regclass[], w tsvector, span int4range, money numeric(9, 2), period interval, t text);
  INSERT INTO kinds VALUES ('red', '{blue,red}', '(1,x)', 'pg_class', '{pg_type,NULL}', 'a:1 b:2', '[1,5)', 7, '1 month', 'one'), ('blue', NULL, NULL, 'businesses', '{}', NULL, 'empty', NULL, NULL, 'two');
  CREATE TABLE guarded (id serial, owner_name text, gen int GENERATED ALWAYS AS (id * 2) STORED, d positive);
  INSERT INTO guarded (owner_name, d) SELECT 'o' || i, i FROM generate_series(1, 30) i;
  ALTER TABLE guarded ENABLE ROW LEVEL SECURITY; ALTER TABLE guarded FORCE ROW LEVEL SECURITY;
  CREATE POLICY own_rows ON guarded TO plinth_app USING (owner_name = current_user);
  GRANT SELECT (owner_name) ON guarded TO plinth_readonly;
  CREATE INDEX guarded_owner ON guarded (lower(owner_name)) WHERE id > 3;
  CREATE VIEW guarded_view AS SELECT owner_name, count(*) FROM guarded GROUP BY 1;
  CREATE MATERIALIZED VIEW guarded_mat AS SELECT owner_name FROM guarded;
  CREATE FUNCTION doubled(i int) RETURNS int LANGUAGE sql AS 'SELECT i * 2';
  REVOKE EXECUTE ON FUNCTION doubled FROM PUBLIC;
  CREATE FUNCTION noop() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
  CREATE TRIGGER guarded_noop BEFORE UPDATE ON guarded FOR EACH ROW EXECUTE FUNCTION noop();
  CREATE SEQUENCE counter START 100; SELECT nextval('counter') FROM generate_series(1, 5);
  COMMENT ON TABLE guarded IS 'it''s guarded';
  CREATE STATISTICS guarded_stats ON id, owner_name FROM guarded;
  CREATE RULE no_delete AS ON DELETE TO "odd ""schema""".parted_1 DO INSTEAD NOTHING;
  CREATE PUBLICATION changes FOR TABLE guarded WITH (publish = 'insert');
  ALTER DEFAULT PRIVILEGES FOR ROLE plinth_owner IN SCHEMA "odd ""schema""" GRANT SELECT ON TABLES TO plinth_readonly;`;

beforeAll(async () => {
  fixture = await openFixture();
  await fixture.sql(oddities);
  await fixture.sql('GRANT USAGE ON SCHEMA "odd ""schema""" TO plinth_backup');
  set = await fixture.store.read((await fixture.create()).id);
  options = {
    store: fixture.store,
    set,
    opener,
    tools,
    adminUrl: fixture.database.url('admin'),
    workFolder: fixture.folder,
    env: process.env,
  };
});
afterAll(() => fixture.close());

/** Each is planted into the restored copy, and has to be named. */
const defects: [string, string, string][] = [
  [
    'a lost row',
    'DELETE FROM businesses WHERE id = (SELECT id FROM businesses LIMIT 1)',
    'table public.businesses has 499 rows instead of 500',
  ],
  [
    'a changed value',
    "UPDATE businesses SET legal_name = 'other' WHERE registration_number = 'R7'",
    'table public.businesses has other values than were backed up',
  ],
  [
    'values exchanged between rows',
    "UPDATE kinds SET t = CASE t WHEN 'one' THEN 'two' ELSE 'one' END",
    'table public.kinds has other values than were backed up',
  ],
  [
    'an equal number of another scale',
    'ALTER TABLE kinds ALTER money TYPE numeric; UPDATE kinds SET money = 7.000 WHERE money = 7',
    'table public.kinds has other values than were backed up',
  ],
  [
    'another value of an enum',
    "UPDATE kinds SET c = 'blue'",
    'table public.kinds has other values than were backed up',
  ],
  [
    'an emptied partition',
    'TRUNCATE "odd ""schema""".parted_1',
    'table odd "schema".parted_1 has 0 rows instead of 50',
  ],
  ['a lost table', 'DROP TABLE health_check', 'table public.health_check is missing'],
  ['an added table', 'CREATE TABLE extra ()', 'table public.extra was not in the backup'],
  ['a lost index', 'DROP INDEX guarded_owner', 'index public.guarded_owner is missing'],
  [
    'a lost constraint',
    'ALTER DOMAIN positive DROP CONSTRAINT positive_check',
    'constraint public.positive positive_check is missing',
  ],
  [
    'a lost default',
    'ALTER TABLE "odd ""schema"""."ta ble%\'ü" ALTER "col umn" DROP DEFAULT',
    'column "odd ""schema"""."ta ble%\'ü"."col umn" is changed',
  ],
  [
    'a changed grant',
    'GRANT DELETE ON businesses TO plinth_readonly',
    'relation grant public.businesses is changed',
  ],
  [
    'a changed column grant',
    'REVOKE SELECT (owner_name) ON guarded FROM plinth_readonly',
    'column public.guarded.owner_name is changed',
  ],
  ['a changed schema grant', 'GRANT CREATE ON SCHEMA public TO plinth_app', 'schema grant public is changed'],
  [
    'a changed function grant',
    'GRANT EXECUTE ON FUNCTION doubled TO PUBLIC',
    'function grant public.doubled(i integer) is changed',
  ],
  [
    'a changed system function grant',
    'GRANT EXECUTE ON FUNCTION lo_creat(int) TO PUBLIC',
    'system function grant pg_catalog.lo_creat(integer) is',
  ],
  [
    'a changed default privilege',
    'ALTER DEFAULT PRIVILEGES FOR ROLE plinth_owner IN SCHEMA public REVOKE ALL ON TABLES FROM plinth_app',
    'default privileges plinth_owner public r is changed',
  ],
  ['a changed owner', 'ALTER TABLE guarded OWNER TO plinth_app', 'relation public.guarded is changed'],
  [
    'row security off',
    'ALTER TABLE guarded NO FORCE ROW LEVEL SECURITY',
    'relation public.guarded is changed',
  ],
  [
    'a changed policy',
    'ALTER POLICY own_rows ON guarded USING (true)',
    'policy public.guarded own_rows is changed',
  ],
  [
    'a disabled trigger',
    'ALTER TABLE guarded DISABLE TRIGGER guarded_noop',
    'trigger public.guarded guarded_noop is changed',
  ],
  [
    'a changed function',
    "CREATE OR REPLACE FUNCTION doubled(i int) RETURNS int LANGUAGE sql AS 'SELECT i * 3'",
    'function public.doubled(i integer) is changed',
  ],
  [
    'a changed view',
    'CREATE OR REPLACE VIEW guarded_view AS SELECT owner_name, 1::bigint AS count FROM guarded',
    'view definition public.guarded_view is changed',
  ],
  ['a lost matview', 'DROP MATERIALIZED VIEW guarded_mat', 'relation public.guarded_mat is missing'],
  ['a changed type', "ALTER TYPE business_status ADD VALUE 'odd'", 'type public.business_status is changed'],
  [
    'a sequence set back',
    "SELECT setval('counter', 101)",
    'sequence public.counter stands at 101 and was at 104',
  ],
  ['a changed sequence', 'ALTER SEQUENCE counter INCREMENT 2', 'sequence public.counter is changed'],
  ['a lost comment', 'COMMENT ON TABLE guarded IS NULL', 'comment table public.guarded is missing'],
  [
    'a lost rule',
    'DROP RULE no_delete ON "odd ""schema""".parted_1',
    'rule "odd ""schema""".parted_1 no_delete is missing',
  ],
  ['lost statistics', 'DROP STATISTICS guarded_stats', 'statistics public.guarded_stats is missing'],
  [
    'a changed publication',
    "ALTER PUBLICATION changes SET (publish = 'insert, update')",
    'publication changes is changed',
  ],
  ['a lost extension', 'DROP EXTENSION pg_stat_statements', 'extension pg_stat_statements is missing'],
  ['a large object too many', 'SELECT lo_create(0)', '1 large objects instead of 0'],
  [
    'an edited migration record',
    "UPDATE _prisma_migrations SET checksum = 'x' WHERE migration_name LIKE '%identity'",
    'migration 20261121000200_identity is not recorded as it was',
  ],
  ['a changed type grant', 'REVOKE USAGE ON TYPE pair FROM PUBLIC', 'type grant public.pair is changed'],
  [
    'an added event trigger',
    `CREATE FUNCTION on_ddl() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE EVENT TRIGGER ddl ON ddl_command_end EXECUTE FUNCTION on_ddl()`,
    'event trigger ddl is added',
  ],
  [
    'an added operator',
    'CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq)',
    'operator public.===(integer,integer) is added',
  ],
  [
    'an added operator class',
    'CREATE OPERATOR CLASS oc FOR TYPE int USING btree AS OPERATOR 1 <, FUNCTION 1 btint4cmp(int, int)',
    'operator class public.oc USING btree is added',
  ],
  [
    'an added cast',
    'CREATE CAST (pair AS text) WITH INOUT',
    'cast (public.pair AS pg_catalog.text) is added',
  ],
  ['an added collation', 'CREATE COLLATION other FROM "C"', 'collation public.other is added'],
  [
    'an added conversion',
    "CREATE CONVERSION other FOR 'UTF8' TO 'LATIN1' FROM utf8_to_iso8859_1",
    'conversion public.other is added',
  ],
  [
    'an added text search configuration',
    'CREATE TEXT SEARCH CONFIGURATION other (COPY = simple)',
    'text search configuration public.other is added',
  ],
  [
    'an added text search dictionary',
    'CREATE TEXT SEARCH DICTIONARY other (TEMPLATE = simple)',
    'text search dictionary public.other is added',
  ],
  [
    'an added access method',
    'CREATE ACCESS METHOD other TYPE TABLE HANDLER heap_tableam_handler',
    'access method other is added',
  ],
  [
    'an added foreign-data wrapper',
    'CREATE FOREIGN DATA WRAPPER other',
    'foreign-data wrapper other is added',
  ],
  [
    'an added foreign server',
    'CREATE FOREIGN DATA WRAPPER other; CREATE SERVER far FOREIGN DATA WRAPPER other',
    'server far is added',
  ],
  ['an added language', 'CREATE LANGUAGE other HANDLER plpgsql_call_handler', 'language other is added'],
  ['a lost schema', 'DROP SCHEMA "odd ""schema""" CASCADE', 'schema "odd ""schema""" is missing'],
];

(hasTools ? describe : describe.skip)('backup drill', () => {
  test('a good backup passes: everything compared, evidence kept, nothing left on the server', async () => {
    const report = await drillBackup({
      ...options,
      assertSql: "SELECT count(*) = 500 FROM businesses; SELECT true, 'fine'",
    });
    expect(report.problems).toEqual([]);
    expect(report).toMatchObject({ ok: true, compared: { rows: expect.any(Number) } });
    expect(report.compared.catalogEntries).toBeGreaterThan(300);
    expect(report.restoreMs).toBeGreaterThan(0);
    const kept = (await fixture.store.read(set.id)).verifications.at(-1);
    expect(kept).toMatchObject({ level: 3, ok: true, report: { id: set.id } });
    expect(await abandonedScratch(fixture.database.url('admin'))).toEqual([]);
  });

  test('every planted defect is named', async () => {
    const path = (name: string) => fixture.store.path(set.id, name);
    const catalog = JSON.parse(await readSmallFile(set.manifest, 'catalog', { path, opener }));
    await withRestored(options, async ({ client }) => {
      for (const [name, sql, problem] of defects) {
        await client.query(`BEGIN; SET LOCAL search_path = public, pg_catalog; ${sql}`);
        const found = await readContent(client, 'hash');
        await client.query('ROLLBACK');
        const { problems } = compareContent({ manifest: set.manifest, catalog }, found, {
          sameMajor: true,
          leftOut: [],
        });
        expect([name, problems.join('\n')]).toEqual([name, expect.stringContaining(problem)]);
      }
    });
  });

  test('a drill that finds a defect fails, and its evidence says so', async () => {
    const report = await drillBackup({
      ...options,
      onRestored: async (client) => void (await client.query('DELETE FROM public.health_check')),
    });
    expect(report).toMatchObject({
      ok: false,
      problems: ['table public.health_check has 0 rows instead of 1'],
    });
    expect((await fixture.store.read(set.id)).verifications.at(-1)).toMatchObject({ level: 3, ok: false });
  });

  test('a failed assertion fails the drill and says what it answered', async () => {
    const report = await drillBackup({
      ...options,
      assertSql: 'SELECT true; SELECT count(*) > 1000, count(*)::int FROM businesses',
    });
    expect(report.problems).toEqual(['assertion 2 answered [false,500]']);
  });

  test('a dump of 15 is restored into 18 and compared there', async () => {
    const eighteen = testServer(18);
    const report = await drillBackup({ ...options, adminUrl: roleUrl(eighteen, 'admin', 'postgres') });
    expect(report.problems).toEqual([]);
    expect(report.server).toMatch(/^18/);
    expect(await abandonedScratch(eighteen.adminUrl)).toEqual([]);
  });

  test('a role that is no superuser drills too, and says what it had to leave out', async () => {
    const plain = await openFixture({ rows: 20 });
    const { id } = await plain.create();
    const report = await drillBackup({
      ...options,
      store: plain.store,
      set: await plain.store.read(id),
      adminUrl: plain.database.url('migrator'),
      readerUrl: plain.database.url('backup'),
    });
    await plain.close();
    expect(report.problems).toEqual([]);
    expect(report.notes.join('\n')).toMatch(/needs a superuser: EXTENSION - pg_stat_statements/);
  });

  test('without the key nothing is unpacked', async () => {
    expect(await codeOf(drillBackup({ ...options, opener: undefined }))).toBe('key_missing');
  });

  test('the scratch database of a killed run is dropped by the next one', async () => {
    await withClient(urlFor(fixture.database.url('admin'), 'postgres'), (client) =>
      client.query('CREATE DATABASE plinth_scratch_0123456789ab'),
    );
    expect((await drillBackup(options)).ok).toBe(true);
    expect(await abandonedScratch(fixture.database.url('admin'))).toEqual([]);
  });
});
