import { readFile, writeFile } from 'node:fs/promises';
import { isAlive, startTimeOf } from '@plinth/db/embedded';
import type { ToolProcess } from './tool-process.js';

/** Notes a program in a file: it has a group of its own and outlives a kill -9 of ours, and `endOrphan` then ends it. */
export async function noteTool(file: string, { child: { pid = 0 } }: ToolProcess): Promise<void> {
  await writeFile(file, `${pid} ${await startTimeOf(pid)}`);
}

/** Ends the program that a killed run has noted in a file and left running. Answers whether there was one. */
export async function endOrphan(file: string): Promise<boolean> {
  const [pid, ...startTime] = (await readFile(file, 'utf8').catch(() => '')).trim().split(' ');
  // Another process may have its id by now.
  if (!pid || !isAlive(Number(pid)) || (await startTimeOf(Number(pid))) !== startTime.join(' ')) return false;
  process.kill(Number(pid), 'SIGKILL');
  return true;
}
