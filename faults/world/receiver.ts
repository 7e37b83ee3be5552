import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Where the webhook goes: it takes its time, so that a worker can be killed in the middle. */
export interface Receiver {
  readonly url: string;
  /** How often each event arrived, by the event's id. */
  readonly arrived: Map<string, number>;
  close(): Promise<void>;
}

const TAKES_MS = 60;

/** Listens on a free port of this machine and answers 204. */
export async function openReceiver(): Promise<Receiver> {
  const arrived = new Map<string, number>();
  const server = createServer((request, response) => {
    const id = String(request.headers['plinth-delivery']);
    arrived.set(id, (arrived.get(id) ?? 0) + 1);
    request.resume();
    setTimeout(() => response.writeHead(204).end(), TAKES_MS);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`,
    arrived,
    async close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
