#!/usr/bin/env node
// Runs the plinth command line from source: `pnpm plinth <command>`, with the pinned Node where it has one.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const root = new URL('..', import.meta.url);
const platform = process.platform === 'win32' ? 'win' : process.platform;
const pinned = fileURLToPath(
  new URL(`node_modules/node-${platform}-${process.arch}/bin/node${platform === 'win' ? '.exe' : ''}`, root),
);
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

const node = existsSync(pinned)
  ? pinned
  : major > 22 || (major === 22 && minor >= 18)
    ? process.execPath
    : undefined;
if (!existsSync(new URL('packages/db/node_modules', root))) {
  fail('the packages are not installed', 'run `node tools/install.mjs`, or start with `npm start`');
} else if (node === undefined) {
  fail(
    `node ${process.versions.node} is too old here, and there is no pinned one`,
    'install Node 22.18 or newer',
  );
} else {
  run(node);
}

function run(program) {
  const loader = new URL('packages/db/bin/source.mjs', root).href;
  const cli = fileURLToPath(new URL('packages/scripts/src/cli.ts', root));
  const flags = ['--disable-warning=ExperimentalWarning', '--import', loader];
  // What was compiled once is not compiled again: a quarter of a short command's time.
  const env = {
    NODE_COMPILE_CACHE: fileURLToPath(new URL('node_modules/.cache/compile', root)),
    ...process.env,
  };
  const child = spawn(program, [...flags, cli, ...process.argv.slice(2)], { stdio: 'inherit', env });

  // A terminal's Ctrl-C reaches both of us, a `kill` only this process; the command line counts near-simultaneous
  // signals as one, so passing everything on is right in both cases.
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, () => child.kill(signal));
  // npm passes a `kill` on to its shell alone, which dies of it without a word to us: being orphaned is the message.
  const parent = process.ppid;
  const watchParent = () => process.ppid !== parent && child.kill('SIGTERM');
  if (process.env.npm_lifecycle_event !== undefined) setInterval(watchParent, 500).unref();
  child.on('error', (error) =>
    fail(`cannot run ${program}: ${error.message}`, 'remove node_modules and install again'),
  );
  child.on('exit', (code, signal) => {
    process.exitCode = signal === null ? (code ?? 1) : 128 + constants.signals[signal];
  });
}

function fail(message, fix) {
  console.error(`error: ${message}\nfix: ${fix}`);
  process.exitCode = 2;
}
