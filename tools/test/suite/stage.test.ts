import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';

const stageModule = JSON.stringify(join(import.meta.dirname, '../../suite/stage.mjs'));

/** A program that runs one stage, as tools/test.mjs does. */
function startProgram(stage: { name: string; command: string[]; live?: boolean }) {
  const program = `
    import { runStage, stopStagesOnSignal } from ${stageModule};
    stopStagesOnSignal();
    const print = (text) => process.stdout.write(text);
    process.exitCode = await runStage(${JSON.stringify(stage)}, { cwd: '/', env: process.env, print });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    output += chunk;
  });
  return { child, closed: once(child, 'close'), output: () => output };
}

async function runProgram(stage: { name: string; command: string[]; live?: boolean }) {
  const { closed, output } = startProgram(stage);
  const [code] = await closed;
  return { code, output: output().replace(/\d+\.\d s/, '0.0 s') };
}

/** On Linux a zombie counts as dead: where nothing reaps orphans (a container's first process) they stay listed. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

describe('a stage of npm test', () => {
  test('a passing stage is one line, its output is not shown', async () => {
    expect(await runProgram({ name: 'types', command: ['sh', '-c', 'echo noise'] })).toEqual({
      code: 0,
      output: 'ok   types                0.0 s\n',
    });
  });

  test('a failing stage shows its whole output, both streams, before its line', async () => {
    expect(
      await runProgram({ name: 'types', command: ['sh', '-c', 'echo one; echo two >&2; exit 7'] }),
    ).toEqual({
      code: 7,
      output: 'one\ntwo\nFAIL types                0.0 s\n',
    });
  });

  test('a program that does not exist is a failing stage', async () => {
    const { code, output } = await runProgram({ name: 'types', command: ['no-such-program-here'] });
    expect(code).toBe(1);
    expect(output).toContain('ENOENT');
  });

  test('a stage ended by a signal fails', async () => {
    expect((await runProgram({ name: 'types', command: ['sh', '-c', 'kill -9 $$'] })).code).toBe(1);
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    '%s ends the stage and what it started, also what ignores the signal, and exits %i',
    async (signal, code) => {
      const stubborn = `sh -c 'trap "" INT TERM; while :; do sleep 1; done' >/dev/null 2>&1 &`;
      const { child, closed, output } = startProgram({
        name: 'tests',
        live: true,
        command: ['sh', '-c', `${stubborn} echo "pids $! $$"; sleep 60`],
      });
      while (!output().includes('pids')) await sleep(20);
      const pids = output().match(/\d+/g)?.map(Number) ?? [];
      expect(pids.map(isAlive)).toEqual([true, true]);
      child.kill(signal);
      expect((await closed)[0]).toBe(code);
      await sleep(100);
      expect(pids.map(isAlive)).toEqual([false, false]);
    },
  );
});
