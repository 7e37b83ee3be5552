import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { translateError } from './errors.js';
import { quoteIdentifier } from './sql.js';

/** The login roles that the bootstrap makes, without their prefix `plinth_`. */
export const LOGIN_ROLES = ['migrator', 'app', 'worker', 'readonly', 'backup'] as const;
export type LoginRole = (typeof LOGIN_ROLES)[number];

/** Passwords to set; a role without one keeps what it has. */
export type RolePasswords = Partial<Record<LoginRole, string>>;

const FOLDER = new URL('../prisma/bootstrap/', import.meta.url);

/** Connects, runs `work`, disconnects. Throws DatabaseError for database failures. */
export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 10_000,
    options: '-c TimeZone=UTC',
  });
  client.on('error', () => {});
  try {
    await client.connect();
    return await work(client);
  } catch (error) {
    throw translateError(error, url);
  } finally {
    await client.end().catch(() => {});
  }
}

/** The same server and login, another database. */
export function urlFor(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${encodeURIComponent(database)}`;
  return changed.href;
}

/**
 * Creates the database if it is missing (UTF-8, from template0). Needs CREATEDB. Returns whether it did;
 * a concurrent creator counts as somebody else's.
 */
export async function createDatabase(adminUrl: string, database: string): Promise<boolean> {
  return withClient(urlFor(adminUrl, 'postgres'), async (client) => {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [database]);
    if (rowCount) return false;
    try {
      await client.query(`create database ${quoteIdentifier(database)} template template0 encoding 'UTF8'`);
      return true;
    } catch (error) {
      if (['42P04', '23505'].includes((error as { code?: string }).code ?? '')) return false;
      throw error;
    }
  });
}

/** Drops the database if it exists, ending its sessions. Returns whether it existed. */
export async function dropDatabase(adminUrl: string, database: string): Promise<boolean> {
  return withClient(urlFor(adminUrl, 'postgres'), async (client) => {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [database]);
    await client.query(`drop database if exists ${quoteIdentifier(database)} with (force)`);
    return Boolean(rowCount);
  });
}

/**
 * Makes the roles of the cluster and the privileges of one database (prisma/bootstrap/*.sql) and sets the
 * given passwords. Needs a superuser. Safe to repeat, also by several processes at once.
 */
export async function bootstrapDatabase(options: {
  adminUrl: string;
  database: string;
  passwords?: RolePasswords;
}): Promise<void> {
  const [roles, database] = await Promise.all(
    ['01-roles.sql', '02-database.sql'].map((name) => readFile(new URL(name, FOLDER), 'utf8')),
  );
  await withClient(urlFor(options.adminUrl, options.database), async (client) => {
    // Concurrent ALTER ROLE of one role fails with "tuple concurrently updated": one bootstrap of a cluster at a time.
    await withClient(urlFor(options.adminUrl, 'postgres'), async (turn) => {
      await turn.query('select pg_advisory_lock(7756, 1)');
      await client.query(roles as string);
      for (const role of LOGIN_ROLES) {
        const password = options.passwords?.[role];
        if (password !== undefined)
          await client.query(`alter role plinth_${role} password '${scramVerifier(password)}'`);
      }
      await client.query(database as string);
    });
  });
}

/**
 * The stored form of a password (SCRAM-SHA-256, RFC 5803), so that the password itself never reaches the
 * server's log. Plinth's passwords are ASCII, which SASLprep leaves as they are.
 */
export function scramVerifier(password: string, salt: Buffer = randomBytes(16), iterations = 4096): string {
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256');
  const hmac = (text: string) => createHmac('sha256', salted).update(text).digest();
  const storedKey = createHash('sha256').update(hmac('Client Key')).digest('base64');
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${storedKey}:${hmac('Server Key').toString('base64')}`;
}
