import { randomInt } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { PlinthError } from '../errors.js';
import type { Place } from './place.js';

/** Below the range systems hand out to outgoing connections, so that a remembered port tends to stay free. */
const FIRST_PORT = 20_000;
const LAST_PORT = 30_000;

/** The port of the last run, or undefined on a home that never had a server. */
export async function rememberedPort(place: Place): Promise<number | undefined> {
  const text = await readFile(place.stateFile, 'utf8').catch(() => '{}');
  try {
    const { port } = JSON.parse(text) as { port?: unknown };
    return Number.isInteger(port) ? (port as number) : undefined;
  } catch {
    return undefined;
  }
}

/** Notes the port for the next run; complete or not at all. */
export async function rememberPort(place: Place, port: number): Promise<void> {
  const draft = `${place.stateFile}.new`;
  await writeFile(draft, `${JSON.stringify({ port })}\n`, { mode: 0o600 });
  await rename(draft, place.stateFile);
}

/** The remembered port when it is free, another free one otherwise. Throws `embedded_no_port`. */
export async function choosePort(place: Place, log: (line: string) => void): Promise<number> {
  const remembered = await rememberedPort(place);
  if (remembered !== undefined) {
    if (await isFree(remembered)) return remembered;
    log(`port ${remembered} of the last run is taken by another program, choosing another`);
  }
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = randomInt(FIRST_PORT, LAST_PORT);
    if (await isFree(port)) return port;
  }
  throw new PlinthError('embedded_no_port', `no free port between ${FIRST_PORT} and ${LAST_PORT}`, {
    fix: 'end some of the programs listening there',
  });
}

/** True when a server could listen on this port of 127.0.0.1 now. */
export async function isFree(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
