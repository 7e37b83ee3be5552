import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** One answer: its status and its body's bytes as text. */
export interface RawAnswer {
  status: number;
  body: string;
}

/**
 * A client that costs next to nothing, because it shares two cores with what it measures: one socket, one request at a
 * time, HTTP/1.1 with Content-Length.
 */
export interface Connection {
  get(path: string, authorization: string): Promise<RawAnswer>;
  readonly busy: boolean;
  /** Ended by either side: asking rejects. Servers end what has been idle for longer than they allow. */
  readonly closed: boolean;
  close(): void;
}

/** Opens a connection that stays open. Every failure, an early end included, rejects the request in flight. */
export async function openConnection(port: number): Promise<Connection> {
  const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  let received = Buffer.alloc(0);
  let waiting: { resolve: (answer: RawAnswer) => void; reject: (error: Error) => void } | undefined;
  const fail = (error: Error) => {
    waiting?.reject(error);
    waiting = undefined;
  };
  socket.on('data', (chunk) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    const headEnd = received.indexOf('\r\n\r\n');
    if (headEnd === -1) return;
    const head = received.toString('latin1', 0, headEnd);
    const length = contentLengthOf(head);
    const end = headEnd + 4 + length;
    if (received.length < end) return;
    const answer = { status: Number(head.slice(9, 12)), body: received.toString('utf8', headEnd + 4, end) };
    received = received.subarray(end);
    const done = waiting;
    waiting = undefined;
    done?.resolve(answer);
  });
  socket.on('error', fail);
  socket.on('close', () => fail(new Error('the server closed the connection')));
  return {
    get: (path, authorization) =>
      new Promise((resolve, reject) => {
        if (socket.destroyed) return reject(new Error('the server closed the connection'));
        waiting = { resolve, reject };
        socket.write(`GET ${path} HTTP/1.1\r\nHost: bench\r\nAuthorization: ${authorization}\r\n\r\n`);
      }),
    get busy() {
      return waiting !== undefined;
    },
    get closed() {
      return socket.destroyed;
    },
    close: () => socket.destroy(),
  };
}

/** From the end: servers write it last, and looking through all that comes before would be charged to who sends more headers. */
function contentLengthOf(head: string): number {
  const name = '\r\nContent-Length: ';
  const at = head.lastIndexOf(name);
  return Number.parseInt(
    head.slice((at === -1 ? head.lastIndexOf(name.toLowerCase()) : at) + name.length),
    10,
  );
}
