import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parseDatabaseConfig, withClient } from '@plinth/db';
import { connectionEnv } from '../../src/backup/connection-env.js';
import { encryption } from '../../src/checks/encryption.js';
import { parseConfig } from '../../src/config.js';
import { repositoryRoot } from '../plinth.js';
import { type CheckedServer, startCheckedServer } from './server.js';

const openssl = (process.env.PATH ?? '')
  .split(delimiter)
  .some((folder) => existsSync(join(folder, 'openssl')));

let folder: string;
let server: CheckedServer | undefined;
const file = (name: string) => join(folder, name);
/** The URL of a role on the encrypted server under one of its names. */
const urlAt = (role: 'app' | 'backup', host: string) => {
  const url = new URL((server as CheckedServer).url(role));
  url.hostname = host;
  return url.href;
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plinth-encryption-'));
  if (!openssl) return;
  await chmod(folder, 0o755);
  await promisify(execFile)(join(repositoryRoot, 'docker/make-certificates.sh'), [folder, 'localhost']);
  const settings = { ssl: 'on', ssl_cert_file: file('server.crt'), ssl_key_file: file('server.key') };
  server = await startCheckedServer(15, settings);
});
afterAll(async () => {
  await server?.remove();
  await rm(folder, { recursive: true });
});

(openssl ? test : test.skip)(
  'an encrypted session passes when it is verified, or on this machine',
  async () => {
    const check = async (host: string, ssl: string) => {
      const env = {
        NODE_ENV: 'test',
        DATABASE_URL: urlAt('app', host),
        DB_SSL: ssl,
        DB_SSL_CA: readFileSync(file('ca.crt'), 'utf8'),
      };
      return await (server as CheckedServer).check(encryption, { settings: parseDatabaseConfig(env) });
    };
    expect(await check('localhost', 'verify-full')).toMatchObject({
      ok: true,
      detail: 'TLSv1.3, server certificate verified',
    });
    expect(await check('localhost', 'require')).toMatchObject({
      ok: true,
      detail: expect.stringContaining('not verified'),
    });
    // Another spelling of the loopback address counts as another machine: encrypted, but by whom?
    expect(await check('127.1', 'require')).toMatchObject({
      ok: false,
      fix: expect.stringContaining('verify-full'),
    });
    await expect(check('127.1', 'verify-full')).rejects.toMatchObject({ code: 'tls_failed' });
  },
);

(openssl ? test : test.skip)(
  'DB_SSL=verify-full holds for single connections and for pg_dump, where the URL says nothing of its own',
  async () => {
    const tls = { DB_SSL: 'verify-full', DB_SSL_CA: file('ca.crt') };
    const urlsOf = (host: string, more: Record<string, string>) =>
      parseConfig(
        { DATABASE_URL: urlAt('app', host), BACKUP_DATABASE_URL: urlAt('backup', host), ...more },
        '/',
      ).urls;
    const isEncrypted = (url: string | undefined) =>
      withClient(url ?? '', async (client) => {
        const { rows } = await client.query('select ssl from pg_stat_ssl where pid = pg_backend_pid()');
        return rows[0].ssl;
      });
    const { app, backup } = urlsOf('localhost', tls);
    expect([await isEncrypted(app), await isEncrypted(backup)]).toEqual([true, true]);
    expect(connectionEnv(backup ?? '')).toMatchObject({
      PGSSLMODE: 'verify-full',
      PGSSLROOTCERT: file('ca.crt'),
    });
    await expect(isEncrypted(urlsOf('127.1', tls).backup)).rejects.toMatchObject({ code: 'tls_failed' });
    // In production that is so for another machine, whether DB_SSL says it or not.
    const production = { NODE_ENV: 'production', DB_SSL_CA: file('ca.crt') };
    await expect(isEncrypted(urlsOf('127.1', production).backup)).rejects.toMatchObject({
      code: 'tls_failed',
    });
    const own = { ...tls, BACKUP_DATABASE_URL: `${urlAt('backup', 'localhost')}?sslmode=disable` };
    expect(await isEncrypted(urlsOf('localhost', own).backup)).toBe(false);
    expect(await isEncrypted(urlsOf('localhost', {}).backup)).toBe(false);
  },
);
