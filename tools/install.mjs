// Runs before `npm start` and `npm test`, on any Node >= 20 and before anything is installed: hence no imports but
// Node's own. Installs the pinned packages when they are missing or out of date, then generates the Prisma client.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const modules = join(root, 'node_modules');
const installStamp = join(modules, '.plinth-install');
const generateStamp = join(modules, '.plinth-generate');
const lockFile = join(
  tmpdir(),
  `plinth-install-${createHash('sha256').update(root).digest('hex').slice(0, 16)}.lock`,
);
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const pnpmVersion = manifest.packageManager.replace('pnpm@', '');
/** What `run` started last, for a signal to end it too. */
let running;

try {
  checkNode();
  if (!isInstalled() || !isGenerated()) await withLock(installAndGenerate);
} catch (error) {
  console.error(`error: ${error.message}`);
  if (error.fix) console.error(`fix: ${error.fix}`);
  process.exitCode = error.exitCode ?? 1;
}

async function installAndGenerate() {
  // Somebody else may have done it while we waited for the lock.
  if (!isInstalled()) {
    console.error('plinth: installing the pinned packages (this needs the registry once) ...');
    const startedAt = Date.now();
    await install();
    linkNode();
    linkPlinth();
    writeFileSync(installStamp, installKey());
    console.error(`plinth: packages installed in ${Math.round((Date.now() - startedAt) / 1000)} s`);
  }
  if (!isGenerated()) {
    const key = schemaKey();
    await generate();
    writeFileSync(generateStamp, key);
  }
}

function checkNode() {
  if (Number(process.versions.node.split('.')[0]) >= 20) return;
  throw failure(
    `node ${process.versions.node} is too old`,
    'install Node 20 or newer (any build will do)',
    2,
  );
}

async function install() {
  const [command, ...args] = pnpm();
  const reporter = process.stderr.isTTY ? [] : ['--reporter=append-only'];
  const flags = ['install', '--frozen-lockfile', '--prefer-offline', '--config.confirmModulesPurge=false'];
  const { code, output } = await run(command, [...args, ...flags, ...reporter]);
  if (code === 0) return;
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|META_FETCH_FAIL|network/i.test(output)) {
    throw failure(
      'the npm registry cannot be reached, and not everything is installed yet',
      'connect this machine, or name a registry it can reach with `npm config set registry <url>`, and run the command again: only the first installation needs it',
    );
  }
  throw failure(
    `pnpm install ended with code ${code}`,
    'read its output above; removing node_modules and running again repairs an interrupted installation',
  );
}

/**
 * pnpm puts a shell script in front of the pinned Node, and that script passes no signal on: `kill` of an npm command
 * would leave the program behind it running. A link to the program itself does what is meant.
 */
function linkNode() {
  const pinned = `node-${process.platform}-${process.arch}`;
  if (process.platform === 'win32' || !existsSync(join(modules, pinned, 'bin/node'))) return;
  rmSync(join(modules, '.bin/node'), { force: true });
  symlinkSync(`../${pinned}/bin/node`, join(modules, '.bin/node'));
}

/**
 * `pnpm plinth` and `npx plinth` run a program, not a script of package.json: pnpm writes the name of a script to stdout,
 * which belongs to the command's answer alone.
 */
function linkPlinth() {
  if (process.platform === 'win32') return;
  rmSync(join(modules, '.bin/plinth'), { force: true });
  symlinkSync('../../tools/run.mjs', join(modules, '.bin/plinth'));
}

async function generate() {
  const [command, ...args] = pnpm();
  const { code } = await run(command, [...args, '--filter', '@plinth/db', 'generate']);
  if (code !== 0)
    throw failure(
      `generating the prisma client ended with code ${code}`,
      'correct packages/db/prisma/schema; `pnpm generate` shows the same output',
    );
}

/** The installed pnpm needs no registry; else npm fetches it. */
function pnpm() {
  const own = join(modules, 'pnpm/bin/pnpm.cjs');
  const ownManifest = join(modules, 'pnpm/package.json');
  if (existsSync(own) && JSON.parse(readFileSync(ownManifest, 'utf8')).version === pnpmVersion) {
    return [process.execPath, own];
  }
  const npm = process.env.npm_execpath;
  if (npm?.endsWith('npm-cli.js'))
    return [process.execPath, npm, 'exec', '--yes', '--', `pnpm@${pnpmVersion}`];
  return ['npx', '--yes', `pnpm@${pnpmVersion}`];
}

/** Runs a program, shows its output as it comes, on stderr: stdout belongs to the command that follows. */
async function run(command, args) {
  const path = `${join(modules, '.bin')}${delimiter}${process.env.PATH}`;
  const isTty = process.stderr.isTTY;
  return await new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, PATH: path, DO_NOT_TRACK: '1', CHECKPOINT_DISABLE: '1' },
      stdio: isTty ? ['ignore', 2, 'pipe'] : ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32' && command === 'npx',
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk) => {
        output = (output + chunk).slice(-20_000);
        process.stderr.write(chunk);
      });
    }
    running = child;
    child.on('error', (error) => resolve({ code: 127, output: error.message }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

function isInstalled() {
  if (!existsSync(join(modules, '.modules.yaml')) || !existsSync(installStamp)) return false;
  return readFileSync(installStamp, 'utf8') === installKey();
}

function isGenerated() {
  if (!existsSync(join(root, 'packages/db/src/generated')) || !existsSync(generateStamp)) return false;
  return readFileSync(generateStamp, 'utf8') === schemaKey();
}

/** What an installation depends on: the lock file, every manifest, and the platform its binaries are for. */
function installKey() {
  const packages = ['packages', 'bench', 'faults'].flatMap((folder) => [
    join(folder, 'package.json'),
    ...readdirSync(join(root, folder)).map((name) => join(folder, name, 'package.json')),
  ]);
  const files = ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json', ...packages];
  return `${process.platform}-${process.arch} ${digest(files)}`;
}

function schemaKey() {
  const folder = 'packages/db/prisma/schema';
  const models = readdirSync(join(root, folder))
    .sort()
    .map((name) => join(folder, name));
  return digest([...models, 'packages/db/prisma.config.ts', 'pnpm-lock.yaml']);
}

function digest(files) {
  const hash = createHash('sha256');
  for (const file of files) {
    const path = join(root, file);
    if (existsSync(path)) hash.update(`${file}\0`).update(readFileSync(path));
  }
  return hash.digest('hex');
}

/** Two commands started at once in a fresh clone must not install into each other. */
async function withLock(work) {
  for (let told = false; !tryLock(); told = true) {
    if (!told)
      console.error(
        `plinth: waiting for another installation in this folder (if there is none, remove ${lockFile}) ...`,
      );
    await sleep(500);
  }
  const release = () => rmSync(lockFile, { force: true });
  const onSignal = (signal) => {
    running?.kill(signal);
    release();
    process.exit(signal === 'SIGINT' ? 130 : 143);
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    await work();
  } finally {
    release();
  }
}

function tryLock() {
  try {
    writeFileSync(lockFile, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST')
      throw failure(
        `cannot write ${lockFile}: ${error.code}`,
        'make that folder writable for this user, or set TMPDIR',
      );
  }
  const owner = lockOwner();
  if (owner > 0 && !isAlive(owner)) rmSync(lockFile, { force: true });
  return false;
}

/** 0 where it is just being released, or written. */
function lockOwner() {
  try {
    return Number(readFileSync(lockFile, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return 0;
    throw error;
  }
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function failure(message, fix, exitCode = 1) {
  return Object.assign(new Error(message), { fix, exitCode });
}
