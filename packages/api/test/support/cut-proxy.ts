import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A TCP proxy before the database that loses one answer. */
export interface CutProxy {
  /** The database's URL with this proxy's port. */
  url: string;
  /** The next bytes of a client that contain this text are still forwarded; their answer is lost, with the connection. */
  cutAfter(text: string): void;
  close(): Promise<void>;
}

export async function startCutProxy(databaseUrl: string): Promise<CutProxy> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let cut: string | undefined;
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    let mute = false;
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    upstream.on('data', (bytes) => {
      if (!mute) client.write(bytes);
    });
    client.on('data', (bytes) => {
      upstream.write(bytes);
      if (cut === undefined || !bytes.includes(cut)) return;
      cut = undefined;
      mute = true;
      // The server gets the time to do what it was asked before its client is gone.
      setTimeout(() => client.resetAndDestroy(), 200);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    cutAfter(text) {
      cut = text;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
