import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { parseDatabaseConfig } from '@plinth/db';
import { encryption } from '../../src/checks/encryption.js';
import { repositoryRoot } from '../plinth.js';
import { startCheckedServer } from './server.js';

const openssl = (process.env.PATH ?? '')
  .split(delimiter)
  .some((folder) => existsSync(join(folder, 'openssl')));

(openssl ? test : test.skip)(
  'an encrypted session passes when it is verified, or on this machine',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'plinth-encryption-'));
    await chmod(folder, 0o755);
    await promisify(execFile)(join(repositoryRoot, 'docker/make-certificates.sh'), [folder, 'localhost']);
    const file = (name: string) => join(folder, name);
    const settings = { ssl: 'on', ssl_cert_file: file('server.crt'), ssl_key_file: file('server.key') };
    const server = await startCheckedServer(15, settings);
    const check = async (host: string, ssl: string) => {
      const url = new URL(server.url('app'));
      url.hostname = host;
      const env = {
        NODE_ENV: 'test',
        DATABASE_URL: url.href,
        DB_SSL: ssl,
        DB_SSL_CA: readFileSync(file('ca.crt'), 'utf8'),
      };
      return await server.check(encryption, { settings: parseDatabaseConfig(env) });
    };
    try {
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
    } finally {
      await server.remove();
      await rm(folder, { recursive: true });
    }
  },
);
