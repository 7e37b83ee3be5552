import { randomBytes } from 'node:crypto';
import {
  bootstrapDatabase,
  createDatabase,
  dropDatabase,
  type LoginRole,
  type RolePasswords,
  urlFor,
  withClient,
} from './bootstrap.js';
import { parseDatabaseConfig } from './config.js';
import { type Database, type OpenOptions, openDatabase } from './database.js';
import { PlinthError } from './errors.js';
import { MIGRATIONS_DIR } from './initialize.js';
import { migrateUp } from './migrate/up.js';
import { quoteIdentifier } from './sql.js';

export { freePort } from './free-port.js';
export { SOURCE_FLAGS } from './source-flags.js';
export { type FaultyProxy, startProxy } from './testing-proxy.js';
export { hasRedis, type RedisServer, startRedis } from './testing-redis.js';

const { NODE_COMPILE_CACHE } = process.env;
/**
 * For the environment of a process that gets nothing else of ours: where Node keeps what it has compiled (tools/test.mjs
 * says where). Without it each process compiles all of its sources anew. Not for copies of them in temporary folders:
 * what is kept goes by the path.
 */
export const COMPILED: Readonly<Record<string, string>> =
  NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE };

/** Waits for all, also when one fails: nothing goes on behind the caller's back. */
export async function allOf<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(promises);
  return await Promise.all(promises);
}

/** Every test server holds one, with all migrations applied and no rows; test databases are clones of it. */
export const TEMPLATE = 'plinth_template';

/** A test server: its superuser's URL and the passwords of its roles. Jest's global setup starts them. */
export interface TestServer {
  adminUrl: string;
  passwords: RolePasswords;
}

/** The server that Jest's global setup started for a major. Throws when the tests were not started through Jest's configuration. */
export function testServer(major: 15 | 18 = 15): TestServer {
  const adminUrl = process.env[major === 15 ? 'PLINTH_TEST_ADMIN_URL' : `PLINTH_TEST_ADMIN_URL_${major}`];
  if (!adminUrl)
    throw new PlinthError('no_test_server', `no test server of major ${major} is running`, {
      fix: 'run the test through jest.config.mjs',
    });
  return { adminUrl, passwords: JSON.parse(process.env.PLINTH_TEST_PASSWORDS ?? '{}') as RolePasswords };
}

/** Makes the template of a server: roles, database, every migration as the migrator. */
export async function prepareTemplate(server: TestServer): Promise<void> {
  await createDatabase(server.adminUrl, TEMPLATE);
  await bootstrapDatabase({ adminUrl: server.adminUrl, database: TEMPLATE, passwords: server.passwords });
  await migrateUp({ url: roleUrl(server, 'migrator', TEMPLATE), dir: MIGRATIONS_DIR });
}

/** The URL of a role on a test server. */
export function roleUrl(server: TestServer, role: LoginRole | 'admin', database: string): string {
  const url = new URL(urlFor(server.adminUrl, database));
  if (role !== 'admin') {
    url.username = `plinth_${role}`;
    url.password = server.passwords[role] ?? '';
  }
  return url.href;
}

/** A database of its own for one test file. */
export interface TestDatabase {
  readonly name: string;
  readonly server: TestServer;
  url(role?: LoginRole | 'admin'): string;
  /** Opens it as a role (the application's unless told); `env` adds settings. Closed by drop() if the test did not. */
  open(role?: LoginRole | 'admin', env?: Record<string, string>, options?: OpenOptions): Promise<Database>;
  /** Removes it. Throws if a connection that open() did not make is still there: the code under test leaked it. */
  drop(): Promise<void>;
}

/**
 * Clones the template (or, with `empty`, makes a database with roles and privileges only). With `statements`
 * pg_stat_statements counts what is asked in it.
 */
export async function createTestDatabase(
  options: { major?: 15 | 18; empty?: boolean; statements?: boolean } = {},
): Promise<TestDatabase> {
  const server = testServer(options.major);
  const name = `plinth_test_${randomBytes(6).toString('hex')}`;
  const template = options.empty ? 'template0' : TEMPLATE;
  await withClient(urlFor(server.adminUrl, 'postgres'), async (client) => {
    await client.query(`create database ${quoteIdentifier(name)} template ${quoteIdentifier(template)}`);
    if (options.statements)
      await client.query(`alter database ${quoteIdentifier(name)} set pg_stat_statements.track = 'top'`);
  });
  // Privileges and settings of a database are not cloned with it.
  await bootstrapDatabase({ adminUrl: server.adminUrl, database: name });

  const opened: Database[] = [];
  const url = (role: LoginRole | 'admin' = 'app') => roleUrl(server, role, name);
  return {
    name,
    server,
    url,
    async open(role = 'app', env = {}, openOptions = {}) {
      const config = parseDatabaseConfig({
        NODE_ENV: 'test',
        DB_POOL_MIN: '0',
        DB_POOL_MAX: '5',
        ...env,
        DATABASE_URL: url(role),
      });
      const database = await openDatabase(config, openOptions);
      opened.push(database);
      return database;
    },
    async drop() {
      for (const database of opened) await database.close();
      const leaked = await leakedConnections(server, name);
      await dropDatabase(server.adminUrl, name);
      if (leaked.length > 0)
        throw new PlinthError('connections_leaked', `connections left open: ${leaked.join(', ')}`);
    },
  };
}

/** Application names of the sessions still in a database; one that is just ending gets a second to go. */
async function leakedConnections(server: TestServer, name: string): Promise<string[]> {
  return withClient(urlFor(server.adminUrl, 'postgres'), async (client) => {
    for (let attempt = 0; ; attempt++) {
      const { rows } = await client.query<{ label: string }>(
        "select usename || ' ' || application_name as label from pg_stat_activity where datname = $1 and backend_type = 'client backend'",
        [name],
      );
      if (rows.length === 0 || attempt === 20) return rows.map((row) => row.label);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  });
}
