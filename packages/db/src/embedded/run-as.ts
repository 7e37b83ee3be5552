import { spawn } from 'node:child_process';
import { chmod, chown, lchown, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { PlinthError } from '../errors.js';
import type { Binaries } from './binaries.js';
import type { Place } from './place.js';

/** A way to run PostgreSQL's programs so that they do not see themselves as root. */
export interface RunAs {
  name: 'direct' | 'user-namespace' | 'capability' | 'uid';
  /** Words put before the program. */
  prefix: string[];
  /** For the plain uid change Node itself makes. */
  identity?: { uid: number; gid: number };
  /** Who must own the data directory, as seen from outside; undefined: whoever starts it. */
  owner: { uid: number; gid: number } | undefined;
}

export interface Outcome {
  code: number | null;
  output: string;
}

/** Runs one program to its end in its own session, so that the terminal's Ctrl-C cannot cut it in half. */
export async function runProgram(runAs: RunAs, program: string, args: string[]): Promise<Outcome> {
  const [command = program, ...rest] = [...runAs.prefix, program, ...args];
  return await new Promise((resolve) => {
    const child = spawn(command, rest, {
      detached: process.platform !== 'win32',
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
      // Nothing of the caller's PG* or locale variables reaches the server.
      ...(process.platform === 'win32' ? {} : { cwd: '/', env: serverEnvironment }),
      ...runAs.identity,
    });
    let output = '';
    const collect = (chunk: Buffer) => {
      output += chunk.toString();
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', (error) => resolve({ code: null, output: error.message }));
    // 'exit' rather than 'close': a background server may hold the pipes open for ever.
    child.on('exit', (code) => setImmediate(() => resolve({ code, output })));
  });
}

const serverEnvironment = { PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C', TZ: 'UTC' };

/**
 * Chooses the first way that works here: as the present user; as root in a user namespace, where the files
 * stay root's own; as root with one capability kept (containers without user namespaces), or by a plain uid
 * change where home and binaries are readable to others. Throws `embedded_root`.
 */
export async function chooseRunAs(binaries: Binaries, place: Place): Promise<RunAs> {
  const direct: RunAs = { name: 'direct', prefix: [], owner: undefined };
  if (process.platform === 'win32') return direct;
  const isRoot = process.getuid?.() === 0;
  if (!isRoot && hasName()) return direct;
  const candidates = [...(await userNamespaces()), ...(isRoot ? await dropped() : [direct])];
  for (const candidate of candidates) if (await works(candidate, binaries, place)) return candidate;
  throw new PlinthError(
    'embedded_root',
    `postgresql refuses to run as root, and no other way worked here (tried ${candidates.map((c) => c.name).join(', ')})`,
    {
      fix: `run as an ordinary user, or allow user namespaces, or set PLINTH_HOME to a folder every user may enter, or set DATABASE_URL`,
    },
  );
}

/** initdb wants a name for its user: a container's arbitrary uid has none. */
function hasName(): boolean {
  try {
    userInfo();
    return true;
  } catch {
    return false;
  }
}

async function unprivileged(): Promise<{ uid: number; gid: number } | undefined> {
  const passwd = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const users = passwd.split('\n').flatMap((line) => {
    const [name, , uid, gid] = line.split(':');
    return Number(uid) > 0 ? [{ name, uid: Number(uid), gid: Number(gid) }] : [];
  });
  return users.find(({ name }) => name === 'nobody') ?? users[0];
}

async function userNamespaces(): Promise<RunAs[]> {
  const user = await unprivileged();
  if (process.platform !== 'linux' || user === undefined) return [];
  return [
    {
      name: 'user-namespace',
      prefix: ['unshare', '--user', `--map-user=${user.uid}`],
      owner: { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 },
    },
  ];
}

async function dropped(): Promise<RunAs[]> {
  const user = await unprivileged();
  if (user === undefined) return [];
  const { uid, gid } = user;
  // CAP_DAC_OVERRIDE lets the server pass folders only root may enter; it is still not uid 0.
  const keep = ['--inh-caps=-all,+dac_override', '--ambient-caps=-all,+dac_override'];
  const prefix = ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', ...keep];
  const byUid: RunAs = { name: 'uid', prefix: [], identity: { uid, gid }, owner: { uid, gid } };
  return process.platform === 'linux'
    ? [{ name: 'capability', prefix, owner: { uid, gid } }, byUid]
    : [byUid];
}

/** Tries for real: the program must start, and a file in a private folder under home must be readable. */
async function works(candidate: RunAs, binaries: Binaries, place: Place): Promise<boolean> {
  const probe = await mkdtemp(join(place.home, `${place.stagingPrefix}probe-`));
  try {
    if (candidate.name === 'uid') await chmod(place.home, (await stat(place.home)).mode | 0o011);
    await writeFile(join(probe, 'file'), '', { mode: 0o600 });
    await giveTo(candidate, probe);
    const version = await runProgram(candidate, binaries.postgres, ['--version']);
    const reading = await runProgram(candidate, 'cat', [join(probe, 'file')]);
    return version.code === 0 && reading.code === 0;
  } finally {
    await rm(probe, { recursive: true, force: true });
  }
}

/** Makes the owner of everything under `path` the one this way of running needs. */
export async function giveTo(runAs: RunAs, path: string): Promise<void> {
  if (runAs.owner === undefined) return;
  const { uid, gid } = runAs.owner;
  const now = await stat(path);
  if (now.uid === uid && now.gid === gid) return;
  const inside = now.isDirectory() ? await readdir(path, { recursive: true }) : [];
  for (const entry of inside) await lchown(join(path, entry), uid, gid);
  // The top last: its owner says that the rest is done, also after a crash in here.
  await chown(path, uid, gid);
}
