import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** One answer: its status and its body's bytes as text. */
export interface RawAnswer {
  status: number;
  body: string;
}

/** A request as it will be written; the body as JSON. */
export interface OutgoingRequest {
  method: string;
  path: string;
  authorization: string;
  headers?: Readonly<Record<string, string>>;
  body?: object | undefined;
}

/**
 * A client that costs next to nothing, because it shares two cores with what it measures: one socket, one request at a
 * time, HTTP/1.1 with Content-Length.
 */
export interface Connection {
  get(path: string, authorization: string): Promise<RawAnswer>;
  /** Any request; one that reads has no body. */
  send(request: OutgoingRequest): Promise<RawAnswer>;
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
    const status = Number(head.slice(9, 12));
    // 204 has no body, and does not say so (RFC 9110 §8.6).
    const end = headEnd + 4 + (status === 204 ? 0 : contentLengthOf(head));
    if (received.length < end) return;
    const answer = { status, body: received.toString('utf8', headEnd + 4, end) };
    received = received.subarray(end);
    const done = waiting;
    waiting = undefined;
    done?.resolve(answer);
  });
  socket.on('error', fail);
  socket.on('close', () => fail(new Error('the server closed the connection')));
  const ask = (text: string) =>
    new Promise<RawAnswer>((resolve, reject) => {
      if (socket.destroyed) return reject(new Error('the server closed the connection'));
      waiting = { resolve, reject };
      socket.write(text);
    });
  return {
    get: (path, authorization) =>
      ask(`GET ${path} HTTP/1.1\r\nHost: bench\r\nAuthorization: ${authorization}\r\n\r\n`),
    send: (request) => ask(textOf(request)),
    get busy() {
      return waiting !== undefined;
    },
    get closed() {
      return socket.destroyed;
    },
    close: () => socket.destroy(),
  };
}

function textOf({ method, path, authorization, headers = {}, body }: OutgoingRequest): string {
  const content = body === undefined ? '' : JSON.stringify(body);
  const lines = [`${method} ${path} HTTP/1.1`, 'Host: bench', `Authorization: ${authorization}`];
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
  if (body !== undefined)
    lines.push('Content-Type: application/json', `Content-Length: ${Buffer.byteLength(content)}`);
  return `${lines.join('\r\n')}\r\n\r\n${content}`;
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
