/** What a client may conclude of one request: it happened, it did not, or nobody can say. */
export type Outcome = 'acknowledged' | 'failed' | 'unknown';

/** The tables that the clients write. Both are audited; only the first is under row security and tells webhooks. */
export type WatchedTable = 'user_artist_blocks' | 'contributions';

/** One request of an operation. Its id is sent as X-Request-Id, so that the audit log names it. Times are of performance.now(). */
export interface Attempt {
  readonly requestId: string;
  readonly outcome: Outcome;
  /** Answered from the idempotency key: an earlier attempt had done it. */
  readonly replayed: boolean;
  readonly sentMs: number;
  readonly endedMs: number;
  /** HTTP status, or the error of the socket; for people. */
  readonly said: string;
}

/** One thing that a client wants done, however many requests that takes. */
export interface Operation {
  /** Unique, and written into the row: `r<round>.u<user>.c<client>.o<number>`. */
  readonly marker: string;
  readonly kind: 'create' | 'update' | 'delete';
  readonly table: WatchedTable;
  readonly client: number;
  readonly userId: string;
  readonly attempts: Attempt[];
  /** Known from the start for updates and deletes, from the answer for creations. */
  rowId: string | undefined;
  /** Which the answer gave. */
  version: number | undefined;
  /** Reading the row showed that an attempt without an answer had happened. */
  seen: boolean;
}

/** What the operation came to: acknowledged when any attempt was, failed when every attempt surely did nothing. */
export function outcomeOf({ attempts, seen }: Pick<Operation, 'attempts' | 'seen'>): Outcome {
  if (seen || attempts.some(({ outcome }) => outcome === 'acknowledged')) return 'acknowledged';
  return attempts.every(({ outcome }) => outcome === 'failed') ? 'failed' : 'unknown';
}

/** The number of the user in a marker or request id; undefined where it is none of ours. */
export function userIn(marker: string): number | undefined {
  const digits = /^r\d+\.u(\d+)\./.exec(marker)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
