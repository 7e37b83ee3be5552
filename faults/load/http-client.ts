import { Agent, type IncomingHttpHeaders, request } from 'node:http';

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

/** An answer, or why there is none: the socket's error code, or `timeout`. */
export type Heard = Reply | { readonly error: string };

export interface HttpRequest {
  readonly port: number;
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: object;
}

/** A client with one connection that it keeps open. Never throws: not being answered is a result here. */
export interface HttpClient {
  send(request: HttpRequest): Promise<Heard>;
  close(): void;
}

/** Makes a client that waits `timeoutMs` for a whole answer. */
export function createHttpClient(timeoutMs: number): HttpClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    send: ({ port, method, path, headers, body }) =>
      new Promise((resolve) => {
        const text = body === undefined ? undefined : JSON.stringify(body);
        const payload =
          text === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) };
        const sent = request(
          { host: '127.0.0.1', port, method, path, agent, headers: { ...headers, ...payload } },
          (response) => {
            const chunks: Buffer[] = [];
            response.on('data', (chunk) => chunks.push(chunk));
            response.on('error', fail);
            response.on('aborted', () => fail({ code: 'ECONNRESET' }));
            response.on('end', () => {
              clearTimeout(timer);
              resolve({
                status: response.statusCode ?? 0,
                headers: response.headers,
                body: parseBody(Buffer.concat(chunks).toString()),
              });
            });
          },
        );
        const fail = ({ code }: { code?: string }) => {
          clearTimeout(timer);
          resolve({ error: code ?? 'broken' });
        };
        const timer = setTimeout(() => {
          resolve({ error: 'timeout' });
          sent.destroy();
        }, timeoutMs);
        sent.on('error', fail);
        sent.end(text);
      }),
    close: () => agent.destroy(),
  };
}

function parseBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
