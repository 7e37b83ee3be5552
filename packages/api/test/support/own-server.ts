import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { initializeDatabase, parseDatabaseConfig, withClient } from '@plinth/db';
import {
  type EmbeddedRole,
  embeddedUrl,
  readSecrets,
  startEmbedded,
  stopEmbedded,
} from '@plinth/db/embedded';

/** A server of a test's own, with one migrated database: it may be stopped, and its roles spoiled. */
export interface OwnServer {
  home: string;
  url(role: EmbeddedRole): string;
  /** Runs statements as superuser, in the database. */
  admin<T extends object>(sql: string): Promise<T[]>;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Stops it for good and removes its files. */
  remove(): Promise<void>;
}

/** Starts one; `settings` are PostgreSQL's. */
export async function startOwnServer(settings: Record<string, string> = {}): Promise<OwnServer> {
  const home = await mkdtemp(join(tmpdir(), 'plinth-own-server-'));
  const database = `own_${randomBytes(4).toString('hex')}`;
  const start = async () => void (await startEmbedded({ home, settings: { fsync: 'off', ...settings } }));
  await start();
  const roles = ['app', 'migrator', 'readonly', 'admin'] as const;
  const urls = new Map<string, string>();
  for (const role of roles) urls.set(role, await embeddedUrl({ home, role, database }));
  const url = (role: EmbeddedRole) => {
    const found = urls.get(role);
    if (found === undefined) throw new Error(`no url for ${role}`);
    return found;
  };
  const { passwords } = await readSecrets(home);
  await initializeDatabase({
    config: parseDatabaseConfig({ NODE_ENV: 'test', DATABASE_URL: url('app') }),
    adminUrl: await embeddedUrl({ home, role: 'admin', database: 'postgres' }),
    migrateUrl: url('migrator'),
    passwords,
  });
  return {
    home,
    url,
    admin: <T extends object>(sql: string) =>
      withClient(url('admin'), async (client) => (await client.query(sql)).rows as T[]),
    start,
    stop: async () => void (await stopEmbedded({ home })),
    async remove() {
      await stopEmbedded({ home });
      await rm(home, { recursive: true, force: true });
    },
  };
}
