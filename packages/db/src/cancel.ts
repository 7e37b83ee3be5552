import { connect } from 'node:net';
import type pg from 'pg';

const CANCEL_REQUEST_CODE = 80_877_102;
const PATIENCE_MS = 2_000;

/**
 * Asks the server to end what a session is doing, over a connection of its own, as the protocol wants it
 * (https://www.postgresql.org/docs/current/protocol-flow.html, "Canceling Requests in Progress"). Never fails:
 * where the request does not arrive, the server's statement_timeout and client_connection_check_interval remain.
 */
export function requestCancel(client: pg.Client): Promise<void> {
  const session = client as unknown as {
    processID: number | null;
    secretKey: number | null;
    host: string;
    port: number;
  };
  const { processID, secretKey, host, port } = session;
  if (typeof processID !== 'number' || typeof secretKey !== 'number') return Promise.resolve();
  const request = Buffer.alloc(16);
  request.writeInt32BE(16, 0);
  request.writeInt32BE(CANCEL_REQUEST_CODE, 4);
  request.writeInt32BE(processID, 8);
  request.writeInt32BE(secretKey, 12);
  return new Promise((resolve) => {
    const socket = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
    socket.setTimeout(PATIENCE_MS, () => socket.destroy());
    socket.on('error', () => {});
    socket.on('close', () => resolve());
    socket.on('connect', () => socket.end(request));
    socket.unref();
  });
}
