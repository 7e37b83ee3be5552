import { execFile } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { PlinthError } from '@plinth/db';

const run = promisify(execFile);

/** PostgreSQL's client programs of one installed version. */
export interface ClientTools {
  major: number;
  /** Such as "15.18". */
  version: string;
  binDir: string;
}

export type ToolName = 'pg_dump' | 'pg_dumpall' | 'pg_restore' | 'psql';

/** Where distributions put one folder per major; `*` stands for the folder that holds it. */
const FAMILIES = [
  '/usr/lib/postgresql/*/bin',
  '/usr/pgsql-*/bin',
  '/opt/homebrew/opt/postgresql@*/bin',
  '/opt/homebrew/opt/libpq*/bin',
  '/usr/local/opt/postgresql@*/bin',
  '/Library/PostgreSQL/*/bin',
  '/Applications/Postgres.app/Contents/Versions/*/bin',
];

/** Every installed version of the client programs, newest first: the known places, then the folders of `path` (PATH). */
export async function findClientTools(
  options: { path?: string | undefined; families?: readonly string[] } = {},
): Promise<ClientTools[]> {
  const families = await Promise.all((options.families ?? FAMILIES).map(expand));
  const onPath = (options.path ?? '').split(delimiter).filter((folder) => folder !== '');
  const folders = [...new Set([...families.flat(), ...onPath])];
  const found = await Promise.all(folders.map(describe));
  const byVersion = new Map<string, ClientTools>();
  for (const tools of found) if (tools && !byVersion.has(tools.version)) byVersion.set(tools.version, tools);
  return [...byVersion.values()].sort((a, b) => b.major - a.major || compareMinor(b, a));
}

/** The path of one program. */
export function toolPath(tools: ClientTools, name: ToolName): string {
  return join(tools.binDir, process.platform === 'win32' ? `${name}.exe` : name);
}

/** The oldest client that may dump this server: pg_dump refuses servers newer than itself. Throws `version_incompatible` (22). */
export function chooseForDump(installed: readonly ClientTools[], serverMajor: number): ClientTools {
  const fitting = oldestFirst(installed).find(({ major }) => major >= serverMajor);
  if (fitting !== undefined) return fitting;
  throw new PlinthError(
    'version_incompatible',
    `no pg_dump here can dump a server of major ${serverMajor}: ${list(installed)}`,
    {
      fix: `install the client tools of PostgreSQL ${serverMajor} or newer (Debian: postgresql-client-${serverMajor})`,
    },
  );
}

/**
 * The client that may read an archive of `archiveMajor` and restore it into `targetMajor`: not older than the one that
 * wrote it, and below 17 for a server below 17, whose SET transaction_timeout older servers reject. Throws `version_incompatible`.
 */
export function chooseForRestore(
  installed: readonly ClientTools[],
  versions: { archiveMajor: number; targetMajor: number },
): ClientTools {
  const { archiveMajor, targetMajor } = versions;
  const fitting = oldestFirst(installed).filter(
    ({ major }) => major >= archiveMajor && (targetMajor >= 17 || major < 17),
  );
  const best = fitting.find(({ major }) => major >= targetMajor) ?? fitting.at(-1);
  if (best !== undefined) return best;
  throw new PlinthError(
    'version_incompatible',
    `no pg_restore here can restore an archive of pg_dump ${archiveMajor} into a server of major ${targetMajor}: ${list(installed)}`,
    { fix: `install the client tools of PostgreSQL ${Math.max(archiveMajor, Math.min(targetMajor, 16))}` },
  );
}

const oldestFirst = (installed: readonly ClientTools[]) =>
  [...installed].sort((a, b) => a.major - b.major || compareMinor(b, a));

function list(installed: readonly ClientTools[]): string {
  if (installed.length === 0) return 'none is installed';
  return `installed are ${installed.map(({ version, binDir }) => `${version} in ${binDir}`).join(', ')}`;
}

function compareMinor(a: ClientTools, b: ClientTools): number {
  return Number(a.version.split('.')[1] ?? 0) - Number(b.version.split('.')[1] ?? 0);
}

async function expand(family: string): Promise<string[]> {
  const [before = '', after = ''] = family.split('*');
  const cut = before.lastIndexOf('/');
  const [parent, prefix] = [before.slice(0, cut), before.slice(cut + 1)];
  const names = await readdir(parent).catch(() => []);
  return names.filter((name) => name.startsWith(prefix)).map((name) => `${parent}/${name}${after}`);
}

async function describe(binDir: string): Promise<ClientTools | undefined> {
  const names: ToolName[] = ['pg_dump', 'pg_dumpall', 'pg_restore', 'psql'];
  const tools = { binDir, major: 0, version: '' };
  const present = await Promise.all(names.map((name) => stat(toolPath(tools, name)).catch(() => undefined)));
  if (present.some((found) => found === undefined)) return undefined;
  const answer = await run(toolPath(tools, 'pg_dump'), ['--version']).catch(() => ({ stdout: '' }));
  const version = /\b(\d+)(?:\.\d+|beta\d+|rc\d+|devel)/.exec(answer.stdout);
  return version ? { binDir, major: Number(version[1]), version: version[0] } : undefined;
}
