import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const engineBinary = fileURLToPath(new URL('../../bin/schema-engine.mjs', import.meta.url));
const prismaCli = createRequire(import.meta.url).resolve('prisma/build/index.js');

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs Prisma's real command line as a process of its own, without a terminal. */
export async function prisma(
  cwd: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Outcome> {
  const { NODE_OPTIONS: _jest, ...inherited } = process.env;
  const child = spawn(process.execPath, [prismaCli, ...args], {
    cwd,
    env: { ...inherited, NO_COLOR: '1', CI: '1', PRISMA_USER_CONSENT_FOR_DANGEROUS_AI_ACTION: 'yes', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr] = [text(child.stdout), text(child.stderr)];
  const [code] = await once(child, 'close');
  return { code, stdout: stdout(), stderr: stderr() };
}

function text(stream: NodeJS.ReadableStream | null): () => string {
  let all = '';
  stream?.setEncoding('utf8').on('data', (chunk: string) => {
    all += chunk;
  });
  return () => all;
}

/** A Prisma project in a temporary folder, apart from this repository's schema. */
export interface Project {
  readonly dir: string;
  readonly migrationsDir: string;
  prisma(...args: string[]): Promise<Outcome>;
  migration(name: string, sql: string): Promise<void>;
  schema(text: string): Promise<void>;
  remove(): Promise<void>;
}

/** Makes a project whose datasource is `url`. */
export async function createProject(url: string, schemas?: readonly string[]): Promise<Project> {
  const dir = await mkdtemp(join(tmpdir(), 'plinth-engine-'));
  const migrationsDir = join(dir, 'prisma/migrations');
  const write = async (path: string, content: string) => {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), content);
  };
  const list = schemas === undefined ? '' : `  schemas = ${JSON.stringify(schemas)}\n`;
  const schema = (models: string) =>
    write('prisma/schema.prisma', `datasource db {\n  provider = "postgresql"\n${list}}\n\n${models}\n`);
  const settings = {
    schema: 'prisma/schema.prisma',
    migrations: { path: 'prisma/migrations' },
    datasource: { url },
  };
  await write(
    'prisma.config.ts',
    `process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= ${JSON.stringify(engineBinary)};
process.env.CHECKPOINT_DISABLE ??= '1';
export default ${JSON.stringify(settings)};\n`,
  );
  await write('prisma/migrations/migration_lock.toml', 'provider = "postgresql"\n');
  await schema('');
  return {
    dir,
    migrationsDir,
    schema,
    prisma: (...args) => prisma(dir, args),
    migration: (name, sql) => write(`prisma/migrations/${name}/migration.sql`, sql),
    remove: () => rm(dir, { recursive: true, force: true }),
  };
}

/** The engine as a process, spoken to as Prisma's CLI does. */
export function startEngine(url: string): {
  child: ChildProcess;
  send: (method: string, params: object) => void;
} {
  const { NODE_OPTIONS: _jest, ...env } = process.env;
  // Not through the shebang: pnpm's `node` is a shell script there, and signals would reach the shell alone.
  const child = spawn(process.execPath, [engineBinary, '--datasource', JSON.stringify({ url })], {
    env,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const send = (method: string, params: object) =>
    child.stdin?.write(`${JSON.stringify({ id: 1, jsonrpc: '2.0', method, params })}\n`);
  return { child, send };
}
