import { rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { initializeDatabase, parseDatabaseConfig } from '@plinth/db';
import { embeddedUrl, readSecrets } from '@plinth/db/embedded';
import { type FaultyProxy, freePort, startProxy } from '@plinth/db/testing';
import { createHttpClient } from '../load/http-client.js';
import { type CommandOutcome, runCommand } from './command.js';
import { openFolder } from './folder.js';
import { createSubjects, type Subjects, signIn, subscribe } from './people.js';
import { openPostgres, type Postgres } from './postgres.js';
import { openReceiver, type Receiver } from './receiver.js';
import { API_SETTINGS, DATABASE, SECRETS } from './settings.js';
import { mountSmallDisk, type SmallDisk } from './small-disk.js';
import { type Supervised, supervise } from './supervised.js';

/** A whole running system of the suite's own, and the handles to break it by. */
export interface World extends Subjects {
  readonly root: string;
  /** For what a fault needs to write; removed at the end. */
  readonly folder: string;
  readonly postgres: Postgres;
  /** Undefined where none can be mounted. */
  readonly disk: SmallDisk | undefined;
  /** Between the database and API and worker. */
  readonly proxy: FaultyProxy;
  readonly api: Supervised;
  readonly worker: Supervised;
  readonly receiver: Receiver;
  /** Where the API serves; a second process adds its own. */
  readonly apiPorts: number[];
  /** As superuser, past the proxy. */
  readonly adminUrl: string;
  /** Runs `plinth <args>`, past the proxy; `env` is added to what every command gets. */
  plinth(args: readonly string[], env?: Record<string, string>): Promise<CommandOutcome>;
  /** Runs `prisma <args>` as the release does, with this file for its settings. */
  prisma(args: readonly string[], configFile: string): Promise<CommandOutcome>;
  /** Starts another API process, or another worker, on the same database. */
  startApi(port: number): Supervised;
  startWorker(): Supervised;
  /** Renews everybody's access token. */
  signIn(): Promise<void>;
  /** Waits until this port's /ready says 200. Throws after `limitMs`. */
  waitUntilReady(port: number, limitMs: number): Promise<void>;
  close(): Promise<void>;
}

const PRISMA_CLI = createRequire(import.meta.url).resolve('prisma/build/index.js');
const READY_LIMIT_MS = 60_000;

/** Starts everything in a folder of its own; `env` is what its processes inherit. */
export async function openWorld(
  root: string,
  env: Record<string, string>,
  log: (line: string) => void,
): Promise<World> {
  const folder = await openFolder();
  const home = join(folder, 'home');
  const disk = mountSmallDisk(home);
  const closing: (() => unknown)[] = [
    () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
    () => disk?.unmount(),
  ];
  const close = async () => {
    for (const step of closing.splice(0).reverse()) await step();
  };
  try {
    const postgres = await openPostgres(home);
    closing.push(
      () => postgres.thaw(),
      () => postgres.stop(),
    );
    const urls = await prepareDatabase(home, log);
    const subjects = await createSubjects(urls.admin);
    const proxy = await startProxy(postgres.port);
    closing.push(() => proxy.close());
    const receiver = await openReceiver();
    closing.push(() => receiver.close());

    const cli = join(root, 'packages/scripts/src/cli.ts');
    const commandEnv = {
      ...env,
      ...SECRETS,
      NODE_ENV: 'test',
      PLINTH_HOME: home,
      BACKUP_DIR: join(folder, 'backups'),
      DATABASE_URL: urls.app,
      MIGRATE_DATABASE_URL: urls.migrator,
      WORKER_DATABASE_URL: urls.worker,
      BACKUP_DATABASE_URL: urls.backup,
      ADMIN_DATABASE_URL: urls.admin,
    };
    const started = (program: Supervised) => {
      closing.push(() => program.stop());
      return program;
    };
    const startApi = (port: number) =>
      started(
        supervise(join(root, 'packages/api/src/main.ts'), [], {
          cwd: folder,
          env: {
            ...env,
            ...API_SETTINGS,
            PORT: String(port),
            DATABASE_URL: proxy.url(urls.app),
            PLINTH_HOME: home,
          },
        }),
      );
    const startWorker = () =>
      started(
        supervise(cli, ['worker', '--allow-private-addresses'], {
          cwd: folder,
          env: {
            ...commandEnv,
            NODE_ENV: 'production',
            DB_SSL: 'disable',
            DATABASE_URL: proxy.url(urls.app),
            WORKER_DATABASE_URL: proxy.url(urls.worker),
          },
        }),
      );
    const http = createHttpClient(10_000);
    closing.push(() => http.close());
    const waitUntilReady = async (port: number, limitMs: number) => {
      const deadline = performance.now() + limitMs;
      for (;;) {
        const heard = await http.send({ port, method: 'GET', path: '/ready', headers: {} });
        if ('status' in heard && heard.status === 200) return;
        if (performance.now() > deadline)
          throw new Error(`the api on port ${port} is not ready after ${limitMs} ms`);
        await sleep(50);
      }
    };

    const port = await freePort();
    const api = startApi(port);
    const worker = startWorker();
    await waitUntilReady(port, READY_LIMIT_MS);
    const world: World = {
      ...subjects,
      root,
      folder,
      postgres,
      disk,
      proxy,
      api,
      worker,
      receiver,
      apiPorts: [port],
      adminUrl: urls.admin,
      plinth: (args, more = {}) => runCommand(cli, args, { env: { ...commandEnv, ...more }, cwd: folder }),
      prisma: (args, configFile) =>
        runCommand(PRISMA_CLI, [...args, '--config', configFile], { env: commandEnv, cwd: folder }),
      startApi,
      startWorker,
      signIn: () => signIn(http, port, subjects.people),
      waitUntilReady,
      close,
    };
    await world.signIn();
    await subscribe(http, port, subjects.people[0] as Subjects['people'][number], receiver.url);
    return world;
  } catch (error) {
    await close();
    throw error;
  }
}

/** Database, roles, migrations. Answers the URL of each role. */
async function prepareDatabase(home: string, log: (line: string) => void) {
  const urlOf = (role: Parameters<typeof embeddedUrl>[0]['role']) =>
    embeddedUrl({ home, role, database: DATABASE });
  const [app, migrator, worker, backup, admin] = await Promise.all([
    urlOf('app'),
    urlOf('migrator'),
    urlOf('worker'),
    urlOf('backup'),
    urlOf('admin'),
  ]);
  await initializeDatabase({
    config: parseDatabaseConfig({ NODE_ENV: 'test', DATABASE_URL: app, DB_POOL_MIN: '0' }),
    adminUrl: admin,
    migrateUrl: migrator,
    passwords: (await readSecrets(home)).passwords,
    log,
  });
  return { app, migrator, worker, backup, admin };
}
