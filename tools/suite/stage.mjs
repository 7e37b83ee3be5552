import { spawn } from 'node:child_process';

const graceMs = 10_000;
const running = new Set();
let stopping;

/**
 * Runs one stage, `{ name, command, live }`, and prints one line with its duration; a failing stage's output is printed
 * whole, a `live` stage's as it comes. Answers the exit code (1 where a signal ended it or it could not start).
 */
export async function runStage({ name, command: [program, ...args], live = false }, { cwd, env, print }) {
  if (stopping !== undefined) return new Promise(() => {});
  const startedAt = performance.now();
  let output = '';
  // Its own process group, so that a signal here can end the stage with everything that it has started.
  const child = spawn(program, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  const keep = (chunk) => {
    if (live) print(chunk);
    else output += chunk;
  };
  child.stdout.setEncoding('utf8').on('data', keep);
  child.stderr.setEncoding('utf8').on('data', keep);
  // "close" comes when nobody holds the pipes any more: the keeper of the test servers does, until they are gone.
  const code = await new Promise((resolve) => {
    child.once('error', (error) => {
      output += `${error.message}\n`;
      resolve(1);
    });
    child.once('close', (exitCode) => resolve(exitCode ?? 1));
  });
  running.delete(child);
  if (stopping !== undefined) return new Promise(() => {});
  if (code !== 0 && output !== '') print(output.endsWith('\n') ? output : `${output}\n`);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  print(`${code === 0 ? 'ok  ' : 'FAIL'} ${name.padEnd(16)} ${seconds.padStart(7)} s\n`);
  return code;
}

/** On SIGINT, SIGTERM or SIGHUP ends every running stage with its children, waits for them and exits 130, 143 or 129. */
export function stopStagesOnSignal() {
  for (const [signal, exitCode] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ]) {
    process.on(signal, () => {
      stopping ??= stopAll(signal).then(() => process.exit(exitCode));
    });
  }
}

async function stopAll(signal) {
  const closed = [...running].map((child) => new Promise((resolve) => child.once('close', resolve)));
  signalGroups(signal);
  const deadline = setTimeout(() => signalGroups('SIGKILL'), graceMs);
  await Promise.all(closed);
  clearTimeout(deadline);
  // A member of the group that closed its output may still be alive.
  signalGroups('SIGKILL');
}

const groups = new Set();
function signalGroups(signal) {
  for (const { pid } of running) groups.add(pid);
  for (const pid of groups) {
    try {
      process.kill(-pid, signal);
    } catch (error) {
      if (error.code !== 'ESRCH') throw error;
    }
  }
}
