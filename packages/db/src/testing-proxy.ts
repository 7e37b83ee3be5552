import { connect, createServer, type Server, type Socket } from 'node:net';

/** A TCP proxy before the database that can fail in the ways networks do. */
export interface FaultyProxy {
  /** The database's URL with this proxy's port. */
  url(databaseUrl: string): string;
  /** Forwards nothing more and closes nothing: a black hole. Connections made meanwhile hang too. */
  drop(): void;
  /** Forwards again; what the black hole swallowed is lost. */
  restore(): void;
  /** Resets every connection. */
  reset(): void;
  /** Delays every answer. */
  delay(ms: number): void;
  /** The next time the client's bytes contain this text, they are still forwarded, and the answer is cut off. */
  cutAfter(text: string): void;
  /** The next COMMIT is done by the server, and the connection reset in place of its answer. */
  cutCommit(): void;
  /** Answers cut off so far. */
  readonly cuts: number;
  /** Connections that clients opened so far. */
  readonly opened: number;
  close(): Promise<void>;
}

/** The tag of CommandComplete. https://www.postgresql.org/docs/current/protocol-message-formats.html */
const COMMITTED = 'COMMIT\0';

/** Starts a proxy to a port on this machine. */
export async function startProxy(port: number): Promise<FaultyProxy> {
  const pairs = new Set<{ client: Socket; server: Socket }>();
  let dropping = false;
  let delayMs = 0;
  let cut: string | undefined;
  let commitToCut = false;
  let opened = 0;
  let cuts = 0;
  /** Halves whose other end closed unseen, inside the black hole. */
  const orphans = new Set<Socket>();

  const listener: Server = createServer((client) => {
    opened++;
    const server = connect(port, '127.0.0.1');
    const pair = { client, server };
    let mute = false;
    /** Answers that are being delayed, in order. */
    const late: Buffer[] = [];
    pairs.add(pair);
    client.on('data', (chunk) => {
      if (dropping) return;
      server.write(chunk);
      if (cut !== undefined && chunk.includes(cut)) {
        cut = undefined;
        cuts++;
        mute = true;
        // The server gets the time to do what it was asked before its client is gone.
        setTimeout(() => client.resetAndDestroy(), 150);
      }
    });
    server.on('data', (chunk) => {
      if (dropping || mute) return;
      if (commitToCut && chunk.includes(COMMITTED)) {
        commitToCut = false;
        cuts++;
        client.resetAndDestroy();
        return;
      }
      if (delayMs === 0 && late.length === 0) {
        client.write(chunk);
        return;
      }
      late.push(chunk);
      // Whichever timer comes first sends the oldest: bytes never overtake each other, also when the delay gets shorter.
      setTimeout(() => {
        const oldest = late.shift();
        if (client.writable) client.write(oldest ?? '');
      }, delayMs);
    });
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      socket.on('error', () => {});
      socket.on('close', () => {
        pairs.delete(pair);
        // A black hole says nothing about the end of the other side either.
        if (dropping) orphans.add(other);
        else other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const address = listener.address();
  const own = typeof address === 'object' && address !== null ? address.port : 0;
  const resetAll = () => {
    for (const { client, server } of pairs) {
      client.resetAndDestroy();
      server.destroy();
    }
  };

  const restore = () => {
    dropping = false;
    for (const orphan of orphans) orphan.destroy();
    orphans.clear();
  };

  return {
    url(databaseUrl) {
      const url = new URL(databaseUrl);
      url.hostname = '127.0.0.1';
      url.port = String(own);
      return url.href;
    },
    drop() {
      dropping = true;
    },
    restore,
    reset: resetAll,
    delay(ms) {
      delayMs = ms;
    },
    cutAfter(text) {
      cut = text;
    },
    cutCommit() {
      commitToCut = true;
    },
    get cuts() {
      return cuts;
    },
    get opened() {
      return opened;
    },
    async close() {
      restore();
      resetAll();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}
