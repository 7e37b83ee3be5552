import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  bootstrapDatabase,
  createDatabase,
  dropDatabase,
  MIGRATIONS_DIR,
  urlFor,
  withClient,
} from '@plinth/db';
import { migrateUp, readFingerprint } from '@plinth/db/migrate';
import { runner } from 'node-pg-migrate';
import type { BenchCase, CaseContext, Side, Size } from '../harness/bench-case.js';

const template = 'plinth_bench_migrations';
const smallMigrations = 500;
const execute = promisify(execFile);

/** The same SQL as every side wants its files. */
interface History {
  size: string;
  /** `<name>/migration.sql`, for us and Prisma. */
  folders: string;
  /** `<name>.sql`, for node-pg-migrate. */
  files: string;
  /** All of it in one file, for psql. */
  whole: string;
  /** Where Prisma's configuration stands. */
  project: string;
  count: number;
}

/** Applies a history to an empty, prepared database. */
type Apply = (url: string, history: History) => Promise<unknown>;

export const migrationsCase: BenchCase = {
  name: 'migrations',
  question:
    'how long does applying the whole history take, and 500 small migrations, against psql and the rivals?',
  subject: 'plinth',
  sizes: (quick) =>
    ['own history', '500 small'].map((name) => ({
      name,
      callers: 1,
      operations: 1,
      warmups: 1,
      rounds: quick ? 3 : 9,
    })),
  async prepare(context) {
    const bench = await context.openDatabase();
    const folder = await mkdtemp(join(tmpdir(), 'plinth-migrations-'));
    const histories = await Promise.all([
      writeHistory(context, join(folder, 'own'), 'own history', await ownMigrations()),
      writeHistory(context, join(folder, 'small'), '500 small', makeSmallMigrations()),
    ]);
    const adminUrl = bench.loaderUrl;
    await dropDatabase(adminUrl, template);
    await createDatabase(adminUrl, template);
    await bootstrapDatabase({ adminUrl, database: template });
    const sides: [string, Apply][] = [
      ['plinth', applyWithPlinth],
      [
        'psql -1 -f',
        (url, { whole }) => execute('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-1', '-f', whole, url]),
      ],
      ['node-pg-migrate', applyWithNodePgMigrate],
      ['prisma migrate deploy', (url, history) => applyWithPrisma(context, url, history)],
    ];
    return {
      sides: sides.map(([name, apply]) => sideOf(name, apply, adminUrl, histories)),
      facts: {
        migrations: Object.fromEntries(histories.map(({ size, count }) => [size, count])),
        timed:
          'from connecting until the last commit, on a database cloned for each sample; not its creation',
        processes:
          'plinth and node-pg-migrate run in this process, psql and prisma in one of their own each time, start-up included',
        transactions:
          'plinth and prisma: one for each migration; psql and node-pg-migrate: one for all of them',
        records:
          'plinth: prisma row, event with texts, fingerprint of the catalog; prisma, node-pg-migrate: a row; psql: none',
        server: bench.server,
      },
      close: async () => {
        await dropDatabase(adminUrl, template);
        await bench.stop();
        await rm(folder, { recursive: true, force: true });
      },
    };
  },
};

function sideOf(name: string, apply: Apply, adminUrl: string, histories: readonly History[]): Side {
  let samples = 0;
  const sample = async (history: History) => {
    const database = `${template}_${createHash('sha1').update(name).digest('hex').slice(0, 6)}_${samples++}`;
    await withClient(urlFor(adminUrl, 'postgres'), (client) =>
      client.query(`create database ${database} template ${template}`),
    );
    const url = urlFor(adminUrl, database);
    const startedAt = performance.now();
    await apply(url, history);
    const ms = performance.now() - startedAt;
    const catalog = await readCatalog(url);
    await dropDatabase(adminUrl, database);
    return { ms, catalog };
  };
  return {
    name,
    answer: async () => {
      const catalogs: string[] = [];
      for (const history of histories) catalogs.push((await sample(history)).catalog);
      return catalogs;
    },
    async run({ name: size }: Size) {
      const history = histories.find((it) => it.size === size);
      if (history === undefined) throw new Error(`no history "${size}"`);
      return (await sample(history)).ms;
    },
  };
}

/** With the catalog's fingerprint, as the command line and the start-up take it. */
const applyWithPlinth: Apply = (url, { folders }) =>
  migrateUp({ url, dir: folders, hooks: { fingerprint: readFingerprint } });

const applyWithNodePgMigrate: Apply = (databaseUrl, { files }) =>
  runner({ databaseUrl, dir: files, direction: 'up', migrationsTable: 'pgmigrations', log: () => {} });

async function applyWithPrisma({ root, env }: CaseContext, url: string, { project }: History): Promise<void> {
  const cli = createRequire(join(root, 'packages/db/package.json')).resolve('prisma/build/index.js');
  const settings = { PLINTH_BENCH_URL: url, CHECKPOINT_DISABLE: '1', CI: '1' };
  await execute(process.execPath, [cli, 'migrate', 'deploy'], { cwd: project, env: { ...env, ...settings } });
}

async function ownMigrations(): Promise<[string, string][]> {
  const entries = await readdir(MIGRATIONS_DIR, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return Promise.all(
    names
      .sort()
      .map(async (name) => [name, await readFile(join(MIGRATIONS_DIR, name, 'migration.sql'), 'utf8')]),
  );
}

/** A hundred tables, each with four later changes of the everyday kind. */
function makeSmallMigrations(): [string, string][] {
  return Array.from({ length: smallMigrations }, (_, at) => {
    const table = `things_${Math.floor(at / 5)}`;
    const changes = [
      `create table ${table} (id bigint generated always as identity primary key, name text not null);\n`,
      `alter table ${table} add column note text;\n`,
      `create index ${table}_name on ${table} (name);\n`,
      `alter table ${table} add constraint ${table}_check check (name <> '');\n`,
      `comment on column ${table}.note is 'what was said';\n`,
    ];
    return [`${20260101000000 + at}_change_${at}`, changes[at % 5] ?? ''];
  });
}

async function writeHistory(
  { root }: CaseContext,
  folder: string,
  size: string,
  migrations: readonly [string, string][],
): Promise<History> {
  const [folders, files, whole] = ['prisma/migrations', 'files', 'whole.sql'].map((name) =>
    join(folder, name),
  ) as [...[string, string, string]];
  await mkdir(files, { recursive: true });
  for (const [name, sql] of migrations) {
    await mkdir(join(folders, name), { recursive: true });
    await writeFile(join(folders, name, 'migration.sql'), sql);
    await writeFile(join(files, `${name}.sql`), sql);
  }
  await writeFile(whole, migrations.map(([, sql]) => sql).join('\n'));
  await cp(join(MIGRATIONS_DIR, 'migration_lock.toml'), join(folders, 'migration_lock.toml'));
  await writeFile(join(folder, 'prisma/schema.prisma'), 'datasource db {\n  provider = "postgresql"\n}\n');
  const engine = JSON.stringify(join(root, 'packages/db/bin/schema-engine.mjs'));
  await writeFile(
    join(folder, 'prisma.config.ts'),
    `process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= ${engine};
export default { schema: 'prisma/schema.prisma', migrations: { path: 'prisma/migrations' }, datasource: { url: process.env.PLINTH_BENCH_URL } };\n`,
  );
  return { size, folders, files, whole, project: folder, count: migrations.length };
}

/** A digest of what was made, without the tools' own tables: equal on every side. */
async function readCatalog(url: string): Promise<string> {
  const { objects } = await withClient(url, readFingerprint);
  const made = objects.filter(({ name }) => !name.includes('pgmigrations'));
  return createHash('sha256').update(JSON.stringify(made)).digest('hex');
}
