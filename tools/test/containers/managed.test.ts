import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { embeddedUrl, startEmbedded, stopEmbedded } from '../../../packages/db/src/embedded.js';
import { withClient } from '../../../packages/db/src/index.js';
import { COMPILED } from '../../../packages/db/src/testing.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../..', import.meta.url));
const psqlThere = (process.env.PATH ?? '')
  .split(delimiter)
  .some((folder) => existsSync(join(folder, 'psql')));

/** The commands as docs/deployment.md prints them. */
const recipe =
  /### Managed PostgreSQL[\s\S]*?```sh\n([\s\S]*?)```/.exec(
    readFileSync(join(root, 'docs/deployment.md'), 'utf8'),
  )?.[1] ?? '';

describe('managed PostgreSQL', () => {
  let home: string;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'plinth-managed-'));
    await startEmbedded({ home, settings: { fsync: 'off' } });
  });
  afterAll(async () => {
    await stopEmbedded({ home });
    await rm(home, { recursive: true, force: true });
  });

  (psqlThere ? test : test.skip)(
    'an administrator who is no superuser makes the roles, and the migrator deploys',
    async () => {
      const superuser = await embeddedUrl({ home, role: 'admin', database: 'postgres' });
      await withClient(superuser, async (client) => {
        // As providers make them: roles and databases, nothing else.
        await client.query(`create role cloudadmin login createdb createrole password 'cloud'`);
        await client.query('create database plinth owner cloudadmin');
      });
      const as = (user: string, password: string) => {
        const url = new URL(superuser);
        url.username = user;
        url.password = password;
        url.pathname = '/plinth';
        return url.href;
      };
      expect(recipe).toContain('psql');
      const env = { PATH: process.env.PATH, ADMIN_DATABASE_URL: as('cloudadmin', 'cloud') };
      await run('sh', ['-euc', recipe], { cwd: root, env });
      await withClient(as('cloudadmin', 'cloud'), (client) =>
        client.query(`alter role plinth_migrator password 'm'; alter role plinth_app password 'a'`),
      );
      const { stdout } = await run(join(root, 'node_modules/.bin/prisma'), ['migrate', 'deploy'], {
        cwd: root,
        env: { PATH: process.env.PATH, ...COMPILED, MIGRATE_DATABASE_URL: as('plinth_migrator', 'm') },
      });
      expect(stdout).toContain('successfully applied');
      await withClient(as('plinth_app', 'a'), async (client) => {
        await client.query(`insert into artists (name) values ('Drake')`);
        await expect(client.query('create table x (id int)')).rejects.toMatchObject({ code: '42501' });
      });
    },
  );
});
