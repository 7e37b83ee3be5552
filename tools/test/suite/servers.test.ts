import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from '@jest/globals';
import { SOURCE_FLAGS } from '../../../packages/db/src/testing.js';

const root = join(import.meta.dirname, '../../..');

/** Starts a keeper whose folders lie under `folder`; answers the ports of its two servers. */
async function startKeeper(folder: string) {
  const keeper = spawn(process.execPath, [...SOURCE_FLAGS, join(root, 'tools/jest/servers.ts')], {
    cwd: root,
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, TMPDIR: folder, NODE_OPTIONS: '' },
  });
  const [line] = await once(createInterface({ input: keeper.stdout }), 'line');
  const { urls, passwords }: { urls: string[]; passwords: Record<string, string> } = JSON.parse(line);
  return { keeper, passwords, ports: urls.map((url) => Number(new URL(url).port)) };
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const [open] = await Promise.race([
    once(socket, 'connect').then(() => [true]),
    once(socket, 'error').then(() => [false]),
  ]).catch(() => [false]);
  socket.destroy();
  return open === true;
}

test('both servers are up while standard input is open; what a killed keeper left is swept by the next', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'plinth-keeper-'));
  try {
    const killed = await startKeeper(folder);
    expect(Object.keys(killed.passwords)).toContain('app');
    expect(await Promise.all(killed.ports.map(answers))).toEqual([true, true]);
    killed.keeper.kill('SIGINT');
    killed.keeper.kill('SIGKILL');
    await once(killed.keeper, 'exit');
    expect(await Promise.all(killed.ports.map(answers))).toEqual([true, true]);

    const next = await startKeeper(folder);
    expect(await Promise.all(killed.ports.map(answers))).toEqual([false, false]);
    expect((await readdir(folder)).filter((name) => name.startsWith('plinth-jest-'))).toHaveLength(1);

    next.keeper.kill('SIGINT');
    expect(await Promise.all(next.ports.map(answers))).toEqual([true, true]);
    next.keeper.stdin.end();
    expect((await once(next.keeper, 'exit'))[0]).toBe(0);
    expect(await Promise.all(next.ports.map(answers))).toEqual([false, false]);
    expect((await readdir(folder)).filter((name) => name.startsWith('plinth-jest-'))).toEqual([]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
