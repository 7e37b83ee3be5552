import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A way to a PostgreSQL server that measures, for whatever program takes it, how long the server is busy with it. */
export interface DatabaseTime {
  /** The same database through here. */
  url: string;
  /** Milliseconds so far, of all connections together: from what a client sends until the server is ready for more. */
  busyMs(): number;
  close(): Promise<void>;
}

/** Bytes of the server's message "ready for query": Z, its length, the state of the transaction. */
const READY = 0x5a;
const HEADER_BYTES = 5;

/** Opens one in front of the server of a URL. The connections through it are not encrypted: the messages are read. */
export async function openDatabaseTime(url: string): Promise<DatabaseTime> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  let spentMs = 0;
  /** Since when each busy connection is. */
  const busy = new Map<Socket, number>();
  const server = createServer((client) => {
    const upstream = connect({ host: target.hostname, port: Number(target.port) });
    for (const socket of [client, upstream]) {
      socket.setNoDelay(true);
      sockets.add(socket);
      socket.on('error', () => {});
    }
    const isReady = createReadyFinder();
    const rest = () => {
      const since = busy.get(client);
      if (since !== undefined) spentMs += performance.now() - since;
      busy.delete(client);
    };
    client.on('data', (chunk) => {
      if (!busy.has(client)) busy.set(client, performance.now());
      upstream.write(chunk);
    });
    upstream.on('data', (chunk) => {
      if (isReady(chunk)) rest();
      if (!client.write(chunk)) {
        upstream.pause();
        client.once('drain', () => upstream.resume());
      }
    });
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const)
      from.on('close', () => {
        rest();
        sockets.delete(from);
        to.destroy();
      });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const through = new URL(url);
  through.hostname = '127.0.0.1';
  through.port = String(port);
  through.searchParams.set('sslmode', 'disable');
  return {
    url: through.href,
    busyMs: () => [...busy.values()].reduce((sum, since) => sum + performance.now() - since, spentMs),
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Follows the server's messages (type, length, content) through chunks cut anywhere; tells whether one ends with "ready for query". */
function createReadyFinder(): (chunk: Buffer) => boolean {
  let header = Buffer.alloc(0);
  let left = 0;
  let last = 0;
  return (chunk) => {
    let at = 0;
    while (at < chunk.length) {
      if (left === 0) {
        const taken = chunk.subarray(at, at + HEADER_BYTES - header.length);
        header = Buffer.concat([header, taken]);
        at += taken.length;
        if (header.length < HEADER_BYTES) return false;
        last = header[0] as number;
        left = header.readUInt32BE(1) - 4;
        header = Buffer.alloc(0);
      }
      const skipped = Math.min(left, chunk.length - at);
      left -= skipped;
      at += skipped;
    }
    return left === 0 && last === READY;
  };
}
