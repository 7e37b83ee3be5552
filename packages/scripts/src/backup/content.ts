import { PlinthError, quoteIdentifier } from '@plinth/db';
import type { DatabaseClient } from './database-client.js';
import type { DatabaseProperties, Manifest, RoleContent, SequenceContent, TableContent } from './manifest.js';

export type Fingerprint = 'counts' | 'hash';

export interface TableName {
  schema: string;
  name: string;
}

/** Every table with rows of its own (so partitions, not their parents), largest first. Extensions' own tables are left out. */
export async function listTables(
  client: DatabaseClient,
): Promise<(TableName & { bytes: number; estimatedRows: number })[]> {
  const { rows } = await client.query<TableName & { bytes: string; estimatedRows: number }>(
    `SELECT n.nspname AS schema, c.relname AS name, pg_table_size(c.oid)::text AS bytes,
            CASE WHEN c.reltuples < 0 THEN pg_stat_get_live_tuples(c.oid) ELSE c.reltuples END::float8 AS "estimatedRows"
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
       AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.deptype = 'e' AND e.classid = 'pg_class'::regclass AND e.objid = c.oid)
     ORDER BY pg_table_size(c.oid) DESC, 1, 2`,
  );
  return rows.map((row) => ({ ...row, bytes: Number(row.bytes) }));
}

/** Rows, and the sum of their hashes, of one table. Does not depend on the order of rows. */
export async function readTable(
  client: DatabaseClient,
  table: TableName,
  fingerprint: Fingerprint,
): Promise<TableContent> {
  const name = `${quoteIdentifier(table.schema)}.${quoteIdentifier(table.name)}`;
  const hash = fingerprint === 'hash' ? await hashOfRows(client, name) : 'NULL';
  const { rows } = await client.query<{ rows: string; hash: string | null }>(
    `SELECT count(*)::text AS rows, ${hash} AS hash FROM ONLY ${name} AS t`,
  );
  return { schema: table.schema, name: table.name, rows: Number(rows[0]?.rows), hash: rows[0]?.hash ?? null };
}

/** Types whose hash PostgreSQL makes of the very value, so that values with one hash are the same to the last bit. */
const EXACT = [
  'bool',
  'int2',
  'int4',
  'int8',
  'oid',
  'uuid',
  'date',
  'timestamp',
  'timestamptz',
  'bytea',
  'text',
  'varchar',
];

/**
 * The SQL for the sum over rows: what PostgreSQL hashes exactly is hashed as it is, which takes half the time of its text,
 * everything else as text (an enum's own hash is of a number of this one database, 1.0 and 1.00 have the same). The hash
 * of a row adds up those of its columns, so it is hashed once more: else exchanging a column's values among rows would not show.
 */
async function hashOfRows(client: DatabaseClient, table: string): Promise<string> {
  const { rows } = await client.query<{ columns: string }>(
    `SELECT coalesce(string_agg(format(
              CASE WHEN t.oid <> ALL ($2::regtype[]) THEN 't.%I::text COLLATE "C"'
                   WHEN t.typcollation <> 0 THEN 't.%I COLLATE "C"' ELSE 't.%I' END, a.attname), ', ' ORDER BY a.attnum), '') AS columns
     FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
     WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped`,
    [table, EXACT],
  );
  const row = `hash_record_extended(ROW(${rows[0]?.columns}), 0)`;
  return `coalesce(sum(hash_record_extended(ROW(int8send(${row})), 0)), 0)::text`;
}

/** Throws `privilege_missing` unless this session sees every row of every table. */
export async function assertReadsEverything(client: DatabaseClient): Promise<void> {
  const { rows } = await client.query<{
    role: string;
    sees: boolean;
    hidden: string | null;
    unreadable: string | null;
  }>(
    `SELECT current_user AS role,
            (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user) AS sees,
            (SELECT c.oid::regclass::text FROM pg_class c WHERE c.relrowsecurity AND c.relkind IN ('r', 'p') LIMIT 1) AS hidden,
            (SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
              WHERE c.relkind IN ('r', 'S') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND c.relpersistence <> 't'
                AND NOT (has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')) LIMIT 1) AS unreadable`,
  );
  const { role, sees, hidden, unreadable } = rows[0] as (typeof rows)[0];
  const fix = 'use the role plinth_backup (BACKUP_DATABASE_URL): it reads every row';
  if (unreadable !== null)
    throw new PlinthError('privilege_missing', `role ${role} may not read ${unreadable}`, { fix });
  if (!sees && hidden !== null) {
    throw new PlinthError(
      'privilege_missing',
      `role ${role} does not see all rows: ${hidden} has row security`,
      { fix },
    );
  }
}

/** Sequences with their last values. They are not part of a snapshot: a restored one may be ahead, never behind. */
export async function readSequences(client: DatabaseClient): Promise<SequenceContent[]> {
  const { rows } = await client.query<SequenceContent>(
    `SELECT schemaname AS schema, sequencename AS name, last_value::text AS "lastValue" FROM pg_sequences ORDER BY 1, 2`,
  );
  return rows;
}

/** The number of large objects. */
export async function countLargeObjects(client: DatabaseClient): Promise<number> {
  const { rows } = await client.query<{ count: string }>(
    'SELECT count(*)::text AS count FROM pg_largeobject_metadata',
  );
  return Number(rows[0]?.count);
}

/** Migrations of Prisma that are applied, where its table is there and may be read. */
export async function readMigrations(client: DatabaseClient): Promise<Manifest['content']['migrations']> {
  const { rows: found } = await client.query<{ name: string }>(
    `SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relname = '_prisma_migrations' AND c.relkind = 'r' ORDER BY n.nspname = 'public' DESC LIMIT 1`,
  );
  if (found[0] === undefined) return [];
  const { rows } = await client.query<{ name: string; checksum: string }>(
    `SELECT migration_name AS name, checksum FROM ${found[0].name}
     WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL ORDER BY migration_name`,
  );
  return rows;
}

/** Roles that own, hold or are granted anything here, with what they may do. Never passwords. */
export async function readRoles(client: DatabaseClient): Promise<RoleContent[]> {
  const { rows } = await client.query<RoleContent>(
    `WITH RECURSIVE used AS (
       SELECT d.refobjid AS oid FROM pg_shdepend d
        WHERE d.refclassid = 'pg_authid'::regclass
          AND (d.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
               OR (d.dbid = 0 AND d.classid = 'pg_database'::regclass
                   AND d.objid = (SELECT oid FROM pg_database WHERE datname = current_database())))
       UNION SELECT s.setrole FROM pg_db_role_setting s WHERE s.setrole <> 0 AND s.setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
       UNION SELECT m.roleid FROM pg_auth_members m JOIN used ON used.oid = m.member)
     SELECT r.rolname AS name, r.rolcanlogin AS login, r.rolsuper AS superuser, r.rolcreatedb AS createdb, r.rolcreaterole AS createrole,
            r.rolinherit AS inherit, r.rolreplication AS replication, r.rolbypassrls AS bypassrls,
            ARRAY(SELECT g.rolname::text FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = r.oid ORDER BY 1) AS "memberOf",
            coalesce((SELECT s.setconfig FROM pg_db_role_setting s WHERE s.setrole = r.oid AND s.setdatabase = 0), '{}') AS settings
     FROM pg_roles r WHERE r.oid IN (SELECT oid FROM used) AND r.rolname !~ '^pg_' AND r.oid <> 10 ORDER BY 1`,
  );
  return rows;
}

/** Owner, privileges, settings and limit of the database itself. */
export async function readProperties(client: DatabaseClient): Promise<DatabaseProperties> {
  const { rows } = await client.query<DatabaseProperties>(
    `SELECT pg_get_userbyid(d.datdba) AS owner, d.datconnlimit AS "connectionLimit",
            (SELECT coalesce(jsonb_agg(jsonb_build_object('grantee', CASE a.grantee WHEN 0 THEN 'public' ELSE pg_get_userbyid(a.grantee)::text END,
                                                          'privilege', a.privilege_type, 'grantable', a.is_grantable)
                                       ORDER BY a.grantee, a.privilege_type), '[]')
               FROM aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a WHERE a.grantee <> d.datdba) AS grants,
            (SELECT coalesce(jsonb_agg(jsonb_build_object('role', CASE s.setrole WHEN 0 THEN NULL ELSE pg_get_userbyid(s.setrole)::text END, 'setting', c)
                                       ORDER BY s.setrole, c), '[]')
               FROM pg_db_role_setting s, unnest(s.setconfig) c WHERE s.setdatabase = d.oid) AS settings
     FROM pg_database d WHERE d.datname = current_database()`,
  );
  return rows[0] as DatabaseProperties;
}

/** Extensions with the versions they have here. */
export async function readExtensions(client: DatabaseClient): Promise<Manifest['content']['extensions']> {
  const { rows } = await client.query<Manifest['content']['extensions'][number]>(
    `SELECT e.extname AS name, e.extversion AS version, n.nspname AS schema
     FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace ORDER BY 1`,
  );
  return rows;
}

/** What server and database this is. */
export async function readSource(client: DatabaseClient): Promise<Manifest['source']> {
  const { rows } = await client.query<Manifest['source']>(
    `SELECT (SELECT system_identifier::text FROM pg_control_system()) AS "systemIdentifier", d.datname AS database,
            current_setting('server_version') AS "serverVersion", current_setting('server_version_num')::int / 10000 AS "serverMajor",
            pg_encoding_to_char(d.encoding) AS encoding, d.datcollate AS collate, d.datctype AS ctype
     FROM pg_database d WHERE d.datname = current_database()`,
  );
  return rows[0] as Manifest['source'];
}
