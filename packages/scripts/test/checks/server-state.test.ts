import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseDatabaseConfig } from '@plinth/db';
import { appliedMigrations } from '../../src/checks/applied-migrations.js';
import { backupTools } from '../../src/checks/backup-tools.js';
import type { Check } from '../../src/checks/check.js';
import { connectionPool } from '../../src/checks/connection-pool.js';
import { diskSpace } from '../../src/checks/disk-space.js';
import { encryption } from '../../src/checks/encryption.js';
import { extensions } from '../../src/checks/extensions.js';
import { requiredTables } from '../../src/checks/required-tables.js';
import { judgeVersion } from '../../src/checks/server-version.js';
import { timeZone } from '../../src/checks/time-zone.js';
import { writeCapability } from '../../src/checks/write-capability.js';
import { type CheckedServer, startCheckedServer } from './server.js';

let server: CheckedServer;
beforeAll(async () => {
  server = await startCheckedServer();
});
afterAll(() => server.remove());

const last = `(select migration_name from _prisma_migrations order by migration_name desc limit 1)`;

/** The check, what breaks it, what it says, what its fix names, and what mends it. */
const damages: [Check, string, RegExp, RegExp, string][] = [
  [
    extensions,
    'drop extension pg_trgm cascade',
    /missing: pg_trgm/,
    /create extension "pg_trgm"/,
    'create extension pg_trgm schema public',
  ],
  [
    extensions,
    'drop extension pg_stat_statements',
    /missing: pg_stat_statements/,
    /create extension/,
    'create extension pg_stat_statements',
  ],
  [
    extensions,
    'revoke select on pg_stat_statements from public',
    /cannot be read/,
    /02-database/,
    'grant select on pg_stat_statements to public',
  ],
  [
    requiredTables,
    'alter table contributions rename to contributions_2',
    /^1 of \d+ are missing: public.contributions$/,
    /migrate up/,
    'alter table contributions_2 rename to contributions',
  ],
  [
    requiredTables,
    'alter table audit.audit_seals rename to seals',
    /audit.audit_seals/,
    /migrate up/,
    'alter table audit.seals rename to audit_seals',
  ],
  [
    appliedMigrations,
    `update _prisma_migrations set rolled_back_at = now() where migration_name = ${last}`,
    /^1 pending: \d+_/,
    /migrate up/,
    'update _prisma_migrations set rolled_back_at = null',
  ],
  [
    appliedMigrations,
    `update _prisma_migrations set finished_at = null where migration_name = ${last}`,
    /failed half-way: \d+_/,
    /migrate repair/,
    'update _prisma_migrations set finished_at = now()',
  ],
  [
    appliedMigrations,
    `update _prisma_migrations set checksum = reverse(checksum) where migration_name = ${last}`,
    /edited after they were applied/,
    /git checkout/,
    `update _prisma_migrations set checksum = reverse(checksum) where migration_name = ${last}`,
  ],
  [
    appliedMigrations,
    `insert into _prisma_migrations (id, checksum, migration_name, finished_at) values ('x', 'x', '20990101000000_later', now())`,
    /not in this release: 20990101000000_later/,
    /deploy the release/,
    `delete from _prisma_migrations where id = 'x'`,
  ],
  [
    writeCapability,
    `alter role plinth_app set default_transaction_read_only = on`,
    /accepts no writes/,
    /default_transaction_read_only/,
    'alter role plinth_app reset default_transaction_read_only',
  ],
  [
    writeCapability,
    'revoke insert on health_check from plinth_app',
    /lacks the privilege/,
    /grant select, insert, update/,
    'grant insert on health_check to plinth_app',
  ],
  [
    writeCapability,
    'alter table health_check rename to health',
    /does not exist/,
    /migrate up/,
    'alter table health rename to health_check',
  ],
  [
    timeZone,
    `alter role plinth_app set timezone = 'Asia/Kolkata'`,
    /plinth_app: Asia\/Kolkata/,
    /alter role \\"plinth_app\\" set timezone = 'UTC'/,
    `alter role plinth_app set timezone = 'UTC'`,
  ],
  [
    timeZone,
    `alter role plinth_app in database plinth set timezone = 'America/Lima'`,
    /plinth_app: America\/Lima/,
    /alter role/,
    'alter role plinth_app in database plinth reset timezone',
  ],
  [
    timeZone,
    `alter database plinth reset timezone; alter role plinth_app reset timezone`,
    /plinth_app: the server's default/,
    /alter database \\"plinth\\" set timezone = 'UTC'/,
    `alter database plinth set timezone = 'UTC'`,
  ],
  [
    connectionPool,
    'alter role plinth_app connection limit 5',
    /^only 5 of 2\.\.20 connections opened: the server has no connection left/,
    /DB_POOL_MAX below 6/,
    'alter role plinth_app connection limit -1',
  ],
];

test.each(damages.map((damage) => [damage[0].name, ...damage] as const))(
  '%s: damage %# is found, and its repair too',
  async (_name, check, damage, detail, fix, repair) => {
    await server.admin(damage);
    try {
      expect(await server.check(check)).toMatchObject({
        ok: false,
        detail: expect.stringMatching(detail),
        fix: expect.stringMatching(fix),
      });
    } finally {
      await server.admin(repair);
    }
    expect(await server.check(check)).toMatchObject({ ok: true, fix: null });
  },
);

test('a server below 15 or above 18 is refused, those between are not', () => {
  expect(judgeVersion('14.20', 140_020)).toMatchObject({
    ok: false,
    detail: expect.stringContaining('too old'),
  });
  expect(judgeVersion('19.0', 190_000)).toMatchObject({
    ok: false,
    detail: expect.stringContaining('newer'),
  });
  for (const major of [15, 16, 17, 18]) expect(judgeVersion(`${major}.1`, major * 10_000 + 1).ok).toBe(true);
});

test('a host that is not this machine must be encrypted', async () => {
  const url = new URL(server.url('app'));
  // Another spelling of the loopback address: no local name, yet it reaches our server.
  url.hostname = '127.1';
  const settings = parseDatabaseConfig({ NODE_ENV: 'test', DATABASE_URL: url.href });
  expect(await server.check(encryption, { settings })).toMatchObject({
    ok: false,
    detail: 'off, and the server is on another machine',
    fix: expect.stringContaining('DB_SSL=verify-full'),
  });
  expect(await server.check(encryption)).toMatchObject({ ok: true });
});

describe('disk space', () => {
  test('names a folder without room', async () => {
    // /proc is a file system without a free byte.
    expect(await server.check(diskSpace, { backupDir: '/proc' })).toMatchObject({
      ok: false,
      detail: 'backup folder /proc: 0.0 GiB free, 1.0 GiB needed',
      fix: expect.stringContaining('BACKUP_DIR'),
    });
    expect(await server.check(diskSpace, { dataDir: '/proc' })).toMatchObject({
      ok: false,
      detail: expect.stringMatching(/^data folder/),
    });
  });

  test('says so where it cannot be read, and measures a folder that is yet to be made', async () => {
    const backupDir = join(server.home, 'not/yet/there');
    expect(await server.check(diskSpace, { dataDir: undefined, backupDir })).toMatchObject({
      ok: true,
      detail: expect.stringMatching(/data folder: not readable from here, backup folder: \d+\.\d GiB free/),
    });
  });
});

test('without client programs that fit the server, backups are told to fail', async () => {
  const empty = await mkdtemp(join(tmpdir(), 'plinth-no-tools-'));
  await mkdir(join(empty, 'bin'));
  const eighteen = await startCheckedServer(18);
  try {
    const result = await eighteen.check(backupTools, { path: join(empty, 'bin') });
    // On a machine that has pg_dump 18 in one of the usual places, that is found whatever PATH says.
    if (result.ok) expect(result.detail).toMatch(/pg_dump (1[89]|[2-9]\d)/);
    else
      expect(result).toMatchObject({
        detail: expect.stringMatching(/no pg_dump here can dump a server of major 18/),
        fix: expect.stringContaining('postgresql-client-18'),
      });
  } finally {
    await eighteen.remove();
    await rm(empty, { recursive: true });
  }
});
