import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { quoteIdentifier } from '../sql.js';
import { connectionError } from './connection-error.js';
import { openSession } from './session.js';
import type { EngineTarget } from './target.js';

/** An empty database of our own, and a session on it. */
export interface TemporaryDatabase {
  readonly name: string;
  /** The role that owns it and acts in its sessions. */
  readonly owner: string;
  readonly client: pg.Client;
  /** Another session on it; `close` ends it too. */
  connect(): Promise<pg.Client>;
  /** Ends its sessions and drops it. */
  close(): Promise<void>;
}

/**
 * Creates an empty database beside the target's, with a random name after `prefix`.
 *
 * Its keeper, a session on the target's database, bears the new one's name as application_name from before that
 * exists until after it is dropped: one without a keeper was left by a crash and the next run sweeps it, and one in
 * use is never touched, because a killed process's sessions end with it.
 */
export async function createTemporaryDatabase(
  target: EngineTarget,
  prefix: string,
): Promise<TemporaryDatabase> {
  const keeper = await openNamed(target);
  let name = '';
  const sessions: pg.Client[] = [];
  let owner: string | undefined;
  const close = async () => {
    await Promise.all(sessions.map((session) => session.end().catch(() => {})));
    try {
      if (owner !== undefined) await dropDatabase(keeper, name, owner);
    } finally {
      await keeper.end().catch(() => {});
    }
  };
  const connect = async (role: string) => {
    // No schema parameter: an empty database has only `public`, and the engine creates what it needs.
    const session = await openSession({ ...target, database: name, applicationName: name });
    sessions.push(session);
    await session.query(`SET ROLE ${quoteIdentifier(role)}`);
    return session;
  };
  try {
    const main = await describeMain(keeper);
    const { role } = main;
    name = `${prefix}${main.oid}_${randomBytes(8).toString('hex')}`;
    owner = role;
    await keeper.query("SELECT set_config('application_name', $1, false)", [name]);
    await sweep(keeper, prefix, main.oid);
    await createLike(keeper, name, role);
    return { name, owner: role, client: await connect(role), connect: () => connect(role), close };
  } catch (error) {
    await close().catch(() => {});
    throw error;
  }
}

/** Opens a session whose failure is named as Prisma names it. */
export async function openNamed(target: EngineTarget): Promise<pg.Client> {
  return openSession(target).catch((error) => {
    throw connectionError(error, target);
  });
}

async function describeMain(client: pg.Client): Promise<{ oid: number; role: string }> {
  const { rows } = await client.query<{ oid: number; role: string }>(
    'SELECT oid, current_user AS role FROM pg_database WHERE datname = current_database()',
  );
  return rows[0] ?? { oid: 0, role: '' };
}

/**
 * Drops what crashed runs left of this database or of one that is gone: those whose keeper's session is gone and that
 * we may drop. Two sweepers may meet; whoever comes second finds nothing.
 */
async function sweep(keeper: pg.Client, prefix: string, mainOid: number): Promise<void> {
  await keeper.query('SET ROLE NONE');
  const { rows } = await keeper.query<{ name: string; owner: string }>(
    `SELECT d.datname AS name, pg_get_userbyid(d.datdba) AS owner
       FROM pg_database d
      WHERE d.datname ~ ('^' || $1 || '\\d+_') AND pg_has_role(session_user, d.datdba, 'MEMBER')
        AND (split_part(d.datname, '_', 3) = $2::text
             OR NOT EXISTS (SELECT 1 FROM pg_database m WHERE m.oid::text = split_part(d.datname, '_', 3)))
        AND NOT EXISTS (
          SELECT 1 FROM pg_stat_activity a JOIN pg_roles r ON r.oid = a.usesysid
           WHERE (a.application_name = d.datname AND a.datname <> d.datname)
              -- another login's session, its name hidden from us: it may be the keeper
              OR (a.application_name IS NULL AND NOT r.rolsuper AND pg_has_role(r.oid, d.datdba, 'MEMBER')))`,
    [prefix, String(mainOid)],
  );
  for (const { name, owner } of rows) await dropDatabase(keeper, name, owner).catch(() => {});
}

/**
 * Creates an empty database with the encoding and locale of the one we are in. A migrator whose role is set to the
 * owner's takes its own rights (CREATEDB) for the moment, and makes the owner own it as it owns the main database.
 */
async function createLike(keeper: pg.Client, name: string, owner: string): Promise<void> {
  const { rows } = await keeper.query<{ db: Record<string, string | null>; encoding: string }>(
    `SELECT to_jsonb(d) - 'datacl' AS db, pg_encoding_to_char(d.encoding) AS encoding
       FROM pg_database d WHERE d.datname = current_database()`,
  );
  const { db = {}, encoding = 'UTF8' } = rows[0] ?? {};
  await keeper.query('SET ROLE NONE');
  await keeper.query(
    `CREATE DATABASE ${quoteIdentifier(name)} OWNER ${quoteIdentifier(owner)} TEMPLATE template0 ` +
      `ENCODING ${pg.escapeLiteral(encoding)} ${localeClause(db)}`,
  );
}

/** The columns differ by major: `daticulocale` until 16, `datlocale` and the provider `b` from 17 on. */
function localeClause(db: Readonly<Record<string, string | null>>): string {
  const clauses = [
    `LC_COLLATE ${pg.escapeLiteral(db.datcollate ?? 'C')}`,
    `LC_CTYPE ${pg.escapeLiteral(db.datctype ?? 'C')}`,
  ];
  const locale = db.datlocale ?? db.daticulocale;
  if (db.datlocprovider === 'i')
    clauses.push('LOCALE_PROVIDER icu', `ICU_LOCALE ${pg.escapeLiteral(locale ?? 'und')}`);
  if (db.datlocprovider === 'b')
    clauses.push('LOCALE_PROVIDER builtin', `BUILTIN_LOCALE ${pg.escapeLiteral(locale ?? 'C')}`);
  return clauses.join(' ');
}

/**
 * Drops a temporary database with whatever is still connected to it. Ending a session needs the rights of the role that
 * opened it, dropping those of the database's owner: two roles where the migrator does not inherit.
 */
async function dropDatabase(keeper: pg.Client, name: string, owner: string): Promise<void> {
  await keeper.query('SET ROLE NONE');
  // Autovacuum's processes belong to nobody: to try to end one is an error, and DROP DATABASE does it by itself.
  await keeper.query(
    `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
      WHERE datname = $1 AND usesysid IS NOT NULL AND pg_has_role(session_user, usesysid, 'MEMBER')`,
    [name],
  );
  await keeper.query(`SET ROLE ${quoteIdentifier(owner)}`);
  const drop = `DROP DATABASE IF EXISTS ${quoteIdentifier(name)}`;
  await keeper.query(`${drop} WITH (FORCE)`).catch((error: { code?: string }) => {
    // FORCE, too, trips over autovacuum where the role is no superuser.
    if (error.code !== '42501') throw error;
    return keeper.query(drop);
  });
}
