import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { initializeDatabase, parseDatabaseConfig, withClient } from '@plinth/db';
import {
  type EmbeddedMajor,
  type EmbeddedRole,
  embeddedRoles,
  embeddedUrl,
  readSecrets,
  startEmbedded,
  stopEmbedded,
} from '@plinth/db/embedded';
import type { Check, Login } from '../../src/checks/check.js';
import { type CheckOptions, type CheckResult, runChecks } from '../../src/checks/run-checks.js';

/** A server of its own, migrated: these tests break roles and settings that all databases of a server share. */
export interface CheckedServer {
  home: string;
  dataDir: string;
  url(role: EmbeddedRole): string;
  /** Runs statements as the superuser. */
  admin(sql: string): Promise<void>;
  /** Runs one check with our usual logins and settings, unless told. */
  check(check: Check, changes?: Partial<CheckOptions>): Promise<CheckResult>;
  /** The environment that names this server. */
  env(): Record<string, string>;
  remove(): Promise<void>;
}

/** Starts, bootstraps and migrates a server; `settings` go into postgresql.conf. */
export async function startCheckedServer(
  major: EmbeddedMajor = 15,
  settings: Record<string, string> = {},
): Promise<CheckedServer> {
  const home = await mkdtemp(join(tmpdir(), 'plinth-checks-'));
  const { dataDir } = await startEmbedded({ home, major, settings: { fsync: 'off', ...settings } });
  const urls = new Map<EmbeddedRole, string>();
  for (const role of embeddedRoles) urls.set(role, await embeddedUrl({ home, role }));
  const url = (role: EmbeddedRole) => urls.get(role) as string;
  await initializeDatabase({
    config: parseDatabaseConfig({ NODE_ENV: 'test', DATABASE_URL: url('app') }),
    adminUrl: url('admin'),
    migrateUrl: url('migrator'),
    passwords: (await readSecrets(home)).passwords,
  });
  const variable: Record<EmbeddedRole, string> = {
    app: 'DATABASE_URL',
    migrator: 'MIGRATE_DATABASE_URL',
    worker: 'WORKER_DATABASE_URL',
    backup: 'BACKUP_DATABASE_URL',
    admin: 'ADMIN_DATABASE_URL',
    readonly: 'none',
  };
  return {
    home,
    dataDir,
    url,
    async admin(sql) {
      await withClient(url('admin'), (client) => client.query(sql));
    },
    async check(check, changes = {}) {
      const logins = new Map<EmbeddedRole, Login>(
        embeddedRoles.map((role) => [role, { url: url(role), variable: variable[role], own: true }]),
      );
      const [result] = await runChecks([check], {
        settings: parseDatabaseConfig({ NODE_ENV: 'test', DATABASE_URL: url('app') }),
        logins,
        dataDir,
        backupDir: join(home, 'backups'),
        path: process.env.PATH,
        ...changes,
      });
      return result as CheckResult;
    },
    env: () => ({
      DATABASE_URL: url('app'),
      MIGRATE_DATABASE_URL: url('migrator'),
      WORKER_DATABASE_URL: url('worker'),
      BACKUP_DATABASE_URL: url('backup'),
      PLINTH_HOME: join(home, 'unused'),
    }),
    async remove() {
      await stopEmbedded({ home });
      await rm(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
