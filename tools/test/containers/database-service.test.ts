import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { chmod, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { embeddedUrl, readSecrets, startEmbedded, stopEmbedded } from '../../../packages/db/src/embedded.js';
import { openDatabase, parseDatabaseConfig, withClient } from '../../../packages/db/src/index.js';
import { COMPILED } from '../../../packages/db/src/testing.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../..', import.meta.url));
const bootstrap = join(root, 'packages/db/prisma/bootstrap');
const onPath = (process.env.PATH ?? '').split(delimiter);
const openssl = onPath.some((folder) => existsSync(join(folder, 'openssl')));
const psqlThere = onPath.some((folder) => existsSync(join(folder, 'psql')));

describe('the certificates of the database service', () => {
  let folder: string;
  let home: string;
  const certificates = () => join(folder, 'certificates');
  const make = () => run(join(root, 'docker/make-certificates.sh'), [certificates(), 'localhost']);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plinth-tls-'));
    await chmod(folder, 0o755);
    home = join(folder, 'home');
    if (openssl) await make();
  });
  afterAll(async () => {
    await stopEmbedded({ home });
    await rm(folder, { recursive: true, force: true });
  });

  test("are made once, with the key closed to others and the authority's key gone", async () => {
    expect(readdirSync(certificates()).sort()).toEqual(['ca.crt', 'server.crt', 'server.key']);
    const before = await stat(join(certificates(), 'server.crt'));
    expect((await stat(join(certificates(), 'server.key'))).mode & 0o077).toBe(0);
    await make();
    expect((await stat(join(certificates(), 'server.crt'))).mtimeMs).toBe(before.mtimeMs);
  });

  (openssl ? test : test.skip)(
    'let the application, prisma and the migrations connect with verify-full, and nobody by another name',
    async () => {
      const setting = (name: string) => join(certificates(), name);
      await startEmbedded({
        home,
        settings: {
          fsync: 'off',
          ssl: 'on',
          ssl_cert_file: setting('server.crt'),
          ssl_key_file: setting('server.key'),
        },
      });
      const named = async (role: 'app' | 'migrator' | 'admin', host: string) => {
        const url = new URL(await embeddedUrl({ home, role, database: 'postgres' }));
        url.hostname = host;
        return url;
      };
      const open = async (host: string, ca: string | undefined) => {
        const env = {
          NODE_ENV: 'production',
          DATABASE_URL: (await named('admin', host)).href,
          DB_SSL: 'verify-full',
          DB_CONNECT_RETRIES: '0',
          ...(ca === undefined ? {} : { DB_SSL_CA: ca }),
        };
        // The superuser is refused only after the encrypted connection stands; that is enough here.
        return await openDatabase(parseDatabaseConfig(env)).then(
          () => 'opened',
          (error: { code: string }) => error.code,
        );
      };
      const ca = setting('ca.crt');
      expect(await open('localhost', ca)).toBe('superuser_refused');
      expect(await open('localhost', undefined)).toBe('tls_failed');
      expect(await open('127.0.0.1', ca)).toBe('tls_failed');
      const migrate = await named('admin', 'localhost');
      migrate.search = `?sslmode=verify-full&sslrootcert=${encodeURIComponent(ca)}`;
      const deploying = run(join(root, 'node_modules/.bin/prisma'), ['migrate', 'deploy'], {
        cwd: root,
        env: { PATH: process.env.PATH, ...COMPILED, MIGRATE_DATABASE_URL: migrate.href },
      });
      expect((await deploying).stdout).toContain('successfully applied');
    },
  );
});

describe("the init folder, run as the image's entry point runs it", () => {
  let home: string;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'plinth-init-'));
    await startEmbedded({ home, settings: { fsync: 'off' } });
  });
  afterAll(async () => {
    await stopEmbedded({ home });
    await rm(home, { recursive: true, force: true });
  });

  (psqlThere ? test : test.skip)(
    'makes roles, passwords, and the test database where one is named; a role without a password cannot log in',
    async () => {
      const admin = await embeddedUrl({ home, role: 'admin', database: 'postgres' });
      await withClient(admin, (client) => client.query('create database plinth'));
      const url = new URL(admin);
      const { passwords } = await readSecrets(home);
      const env = {
        PATH: process.env.PATH,
        PGHOST: url.hostname,
        PGPORT: url.port,
        PGPASSWORD: passwords.admin,
        POSTGRES_USER: 'postgres',
        POSTGRES_DB: 'plinth',
        PLINTH_TEST_DATABASE: 'plinth_test',
        PLINTH_APP_PASSWORD: `it's "one" \\ of 'those'`,
        PLINTH_MIGRATOR_PASSWORD: 'migrator-password',
      };
      for (const file of readdirSync(bootstrap).sort()) {
        const path = join(bootstrap, file);
        const psql = ['-v', 'ON_ERROR_STOP=1', '--no-psqlrc', '-U', 'postgres', '-d', 'plinth', '-f', path];
        if (file.endsWith('.sh')) await run('sh', [path], { env });
        else await run('psql', psql, { env });
      }
      const login = (role: string, password: string, database: string) => {
        const it = new URL(admin);
        it.username = role;
        it.password = encodeURIComponent(password);
        it.pathname = `/${database}`;
        return withClient(
          it.href,
          async (client) => (await client.query('select current_user as me')).rows[0].me,
        );
      };
      expect(await login('plinth_app', env.PLINTH_APP_PASSWORD, 'plinth')).toBe('plinth_app');
      for (const database of ['plinth', 'plinth_test']) {
        expect(await login('plinth_migrator', env.PLINTH_MIGRATOR_PASSWORD, database)).toBe('plinth_owner');
      }
      await expect(login('plinth_worker', '', 'plinth')).rejects.toMatchObject({ code: 'auth_failed' });
      // An operator may run it again, with new passwords.
      await run('sh', [join(bootstrap, '03-passwords.sh')], { env });
    },
  );

  test('leaves the test database out where none is named, as in production', async () => {
    // Without PATH it could not even find createdb.
    const script = join(bootstrap, '04-test-database.sh');
    await expect(run('/bin/sh', [script], { env: {} })).resolves.toMatchObject({ stdout: '', stderr: '' });
  });
});
