import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'prisma/config';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const env = process.env;

const dotenv = path('../../.env');
// Variables that are already set win over the file's.
if (existsSync(dotenv)) process.loadEnvFile(dotenv);

// Prisma's own engine would be downloaded at the first command; ours comes with the packages (docs/decisions).
env.PRISMA_SCHEMA_ENGINE_BINARY ??= path('./bin/schema-engine.mjs');
// No calls home: where they cannot get out, every command would wait for them.
env.CHECKPOINT_DISABLE ??= '1';
env.PRISMA_HIDE_UPDATE_MESSAGE ??= '1';

/** How to run the `plinth` command from any folder: from source where it is there, compiled otherwise. */
function plinth(...args: string[]): string[] {
  const source = path('../scripts/src/cli.ts');
  if (!existsSync(source)) return [process.execPath, path('../scripts/dist/cli.js'), ...args];
  return [process.execPath, '--import', path('./bin/source.mjs'), source, ...args];
}

/** Whether this run of Prisma talks to a database: `generate`, `validate`, `format` and help work without any. */
function needsDatabase(argv: readonly string[]): boolean {
  if (argv.some((arg) => ['--help', '-h', '--version', '-v'].includes(arg))) return false;
  const isWord = (arg: string, at: number) =>
    !arg.startsWith('-') && !['--config', '--schema'].includes(argv[at - 1] ?? '');
  const [command, verb] = argv.filter(isWord);
  if (command === 'studio') return true;
  // The seed command finds its own.
  if (command === 'db') return verb !== undefined && verb !== 'seed';
  if (command !== 'migrate') return false;
  if (verb !== 'diff') return verb !== undefined;
  return argv.some((arg) => /^--(from|to)-(migrations|config-datasource)/.test(arg));
}

/** The migrator's URL: named outright, from the parts, or that of the embedded server, which is started for it. */
function databaseUrl(): string | undefined {
  const url = env.MIGRATE_DATABASE_URL || env.DATABASE_URL || urlFromParts();
  if (url || !needsDatabase(process.argv.slice(2))) return url;
  const [node = 'node', ...args] = plinth('db', 'url', '--role', 'migrator');
  return execFileSync(node, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();
}

function urlFromParts(): string | undefined {
  if (!env.DB_HOST) return undefined;
  const url = new URL('postgresql://localhost');
  url.hostname = env.DB_HOST.includes(':') ? `[${env.DB_HOST}]` : env.DB_HOST;
  url.port = env.DB_PORT || '5432';
  url.username = encodeURIComponent(env.DB_USER || 'postgres');
  url.password = encodeURIComponent(env.DB_PASSWORD ?? '');
  url.pathname = encodeURIComponent(env.DB_NAME || 'plinth');
  if (env.DB_SSL) url.searchParams.set('sslmode', env.DB_SSL);
  if (env.DB_SSL_CA) url.searchParams.set('sslrootcert', env.DB_SSL_CA);
  return url.href;
}

const url = databaseUrl();

export default defineConfig({
  schema: path('./prisma/schema'),
  migrations: {
    path: path('./prisma/migrations'),
    // Prisma splits this at spaces.
    seed: plinth('seed', 'dev')
      .map((word) => word.replaceAll(' ', '\\ '))
      .join(' '),
  },
  ...(url === undefined ? {} : { datasource: { url } }),
});
