import type { Socket } from 'node:net';
import pg from 'pg';
import { createClientClass, type QueryEvent } from './client.js';
import type { DatabaseConfig } from './config.js';
import { DatabaseError, endsConnection, isPlanOutdated, outdatesConnections } from './errors.js';
import { currentRequestContext, withRequestContext } from './request-context.js';

/** What the pool is doing; the names are those of the readiness body. */
export interface PoolStatus {
  /** Connections open now. */
  size: number;
  /** Of these, idle. */
  checked_in: number;
  /** Of these, in use. */
  checked_out: number;
  /** Callers waiting for a connection. */
  overflow: number;
  /** Connections discarded since start because they were broken. */
  invalid: number;
}

/**
 * Something that happened to the pool; for logs and metrics. `shed`: a caller was refused because too many wait;
 * `acquire_failed`: a caller got no connection, in time or at all.
 */
export type PoolEvent =
  | { type: 'connect' | 'remove' | 'shed' | 'recycle' }
  | { type: 'error' | 'invalid' | 'acquire_failed'; error: unknown }
  | { type: 'acquire'; waitedMs: number };

/** Idle this long, a connection is asked for a sign of life before it is handed out. */
export const CHECK_AFTER_IDLE_MS = 10_000;
const CHECK_TIMEOUT_MS = 1_000;
/** One sign of a failover replaces all connections; the many that follow it do not do so again. */
const RECYCLE_EVERY_MS = 1_000;
const REFILL_AFTER_MS = 1_000;
const REFILL_AT_LEAST_EVERY_MS = 8_000;

interface Behaviour {
  minimum: number;
  maxWaiting: number;
  checkAfterIdleMs: number;
  onEvent: (event: PoolEvent) => void;
}

type Release = (error?: Error | boolean) => void;
type Connected = (error: Error | undefined, client: pg.PoolClient | undefined, release: Release) => void;

/**
 * A pg pool that keeps a minimum open, checks connections after a pause, replaces them all after a failover,
 * refuses callers beyond a bound instead of letting them queue, and counts what it discards.
 */
export class DatabasePool extends pg.Pool {
  #idleSince = new WeakMap<pg.PoolClient, number>();
  #open = new Set<pg.PoolClient>();
  /** Clients connected before the last recycling are of an older generation, and are closed instead of handed out. */
  #generations = new WeakMap<pg.PoolClient, number>();
  #generation = 0;
  #recycledAt = Number.NEGATIVE_INFINITY;
  #invalid = 0;
  #ending = false;
  #refilling = false;
  readonly #behaviour: Behaviour;

  constructor(config: pg.PoolConfig, behaviour: Behaviour) {
    super(config);
    const { onEvent } = behaviour;
    this.#behaviour = behaviour;
    this.on('connect', (client) => {
      this.#generations.set(client, this.#generation);
      this.#open.add(client);
      // The pool listens only while a client is idle; one that breaks in use would otherwise end the process.
      client.on('error', () => {});
      onEvent({ type: 'connect' });
    });
    this.on('error', (error) => onEvent({ type: 'error', error }));
    this.on('release', (error, client) => {
      if (error) this.#invalid++;
      else this.#idleSince.set(client, performance.now());
    });
    this.on('remove', (client) => {
      this.#open.delete(client);
      onEvent({ type: 'remove' });
      this.#refill();
    });
  }

  /** Counts now; costs nothing. */
  status(): PoolStatus {
    return {
      size: this.totalCount,
      checked_in: this.idleCount,
      checked_out: this.totalCount - this.idleCount,
      overflow: this.waitingCount,
      invalid: this.#invalid,
    };
  }

  /** Opens connections until the minimum is there. Throws what the first failing one throws. */
  async fill(): Promise<void> {
    const failed = await this.#openMinimum();
    if (failed !== undefined) throw failed.reason;
  }

  /**
   * Takes as many connections at once as the minimum (one at a time would be handed the idle one that is there) and gives
   * all of them back, those too that came beside one that failed: else the pool could never end. Answers the first failure.
   */
  async #openMinimum(): Promise<PromiseRejectedResult | undefined> {
    const length = this.#behaviour.minimum;
    const opened = await Promise.allSettled(Array.from({ length }, () => this.connect()));
    for (const one of opened) if (one.status === 'fulfilled') one.value.release();
    return opened.find((one) => one.status === 'rejected');
  }

  /** Replaces every connection by a new one before it is used again; at most once a second. */
  recycle(): void {
    const now = performance.now();
    if (now - this.#recycledAt < RECYCLE_EVERY_MS) return;
    this.#recycledAt = now;
    this.#generation++;
    this.#behaviour.onEvent({ type: 'recycle' });
  }

  /**
   * Runs one statement on any connection. A failed statement costs its connection only when it broke it; one that a
   * connection has prepared for a table as it was before a migration runs once more, on a new connection.
   */
  run(config: pg.QueryConfig, isSecondTry = false): Promise<pg.QueryResult> {
    return new Promise((resolve, reject) => {
      this.connect((connectError, client, release) => {
        if (client === undefined) return reject(connectError);
        client.query(config, (error: Error | null | undefined, result: pg.QueryResult) => {
          release(error ? this.noteFailure(error) : undefined);
          if (!error) resolve(result);
          else if (!isSecondTry && isPlanOutdated(error)) resolve(this.run(config, true));
          else reject(error);
        });
      });
    });
  }

  /** What to hand to release() after a failure: the error when the connection is unusable. Recycles where all are. */
  noteFailure(error: unknown): Error | undefined {
    if (outdatesConnections(error)) this.recycle();
    return endsConnection(error) ? (error as Error) : undefined;
  }

  /** Cuts every connection, those in use too: for a pool whose connections nobody gives back. To be ended after that. */
  abandon(): void {
    this.#ending = true;
    for (const client of this.#open)
      (client as unknown as { connection: { stream: Socket } }).connection.stream.destroy();
  }

  /** Replaces connections that ended, so that the minimum stays open; tries on, ever more rarely, until the server is back. */
  #refill(afterMs = REFILL_AFTER_MS): void {
    const { minimum, onEvent } = this.#behaviour;
    const isFull = () => this.#ending || this.totalCount >= minimum;
    if (this.#refilling || isFull()) return;
    this.#refilling = true;
    setTimeout(async () => {
      const failed = isFull() ? undefined : await this.#openMinimum();
      this.#refilling = false;
      if (failed !== undefined && !this.#ending) onEvent({ type: 'error', error: failed.reason });
      this.#refill(failed === undefined ? REFILL_AFTER_MS : Math.min(afterMs * 2, REFILL_AT_LEAST_EVERY_MS));
    }, afterMs).unref();
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(callback: Connected): void;
  override connect(callback?: Connected): Promise<pg.PoolClient> | undefined {
    if (callback === undefined) {
      return new Promise((resolve, reject) => {
        this.#checkout(performance.now(), (error, client) =>
          client === undefined ? reject(error) : resolve(client),
        );
      });
    }
    // A caller that waited is called back by whoever released the connection: its log lines are its own all the same.
    const context = currentRequestContext();
    const called: Connected =
      context === undefined
        ? callback
        : (...answer) => withRequestContext(context, () => callback(...answer));
    this.#checkout(performance.now(), called);
    return undefined;
  }

  /** Hands out a connection that is of this generation and alive; by callbacks, because every query passes here. */
  #checkout(startedAt: number, callback: Connected): void {
    const { maxWaiting, onEvent, checkAfterIdleMs } = this.#behaviour;
    if (this.waitingCount - this.idleCount >= maxWaiting) {
      onEvent({ type: 'shed' });
      callback(new DatabaseError('pool_exhausted'), undefined, () => {});
      return;
    }
    super.connect((error, client, release) => {
      if (error || client === undefined) {
        const failure = error ?? new DatabaseError('internal');
        onEvent({ type: 'acquire_failed', error: failure });
        return callback(failure, undefined, () => {});
      }
      if ((this.#generations.get(client) ?? 0) < this.#generation) {
        release(true);
        this.#checkout(startedAt, callback);
        return;
      }
      const idleSince = this.#idleSince.get(client);
      const now = performance.now();
      if (idleSince === undefined || now - idleSince < checkAfterIdleMs) {
        onEvent({ type: 'acquire', waitedMs: now - startedAt });
        callback(undefined, client, release as Release);
        return;
      }
      this.#handOutChecked(startedAt, client, release as Release, callback);
    });
  }

  /** Hands out a connection that was idle for long if it still answers, else another. */
  async #handOutChecked(
    startedAt: number,
    client: pg.PoolClient,
    release: Release,
    callback: Connected,
  ): Promise<void> {
    if (await answers(client)) {
      this.#behaviour.onEvent({ type: 'acquire', waitedMs: performance.now() - startedAt });
      callback(undefined, client, release);
      return;
    }
    const silent = new Error('idle connection did not answer');
    this.#behaviour.onEvent({ type: 'invalid', error: silent });
    release(silent);
    this.#checkout(startedAt, callback);
  }

  /** As pg's, but through run(): pg's own closes the connection after any error, also after a broken constraint. */
  override query(...given: unknown[]): never {
    const callback = given.find((value) => typeof value === 'function') as
      | ((error?: unknown, result?: unknown) => void)
      | undefined;
    const [config, values] = given;
    const statement =
      typeof config === 'string'
        ? { text: config, ...(Array.isArray(values) ? { values } : {}) }
        : (config as pg.QueryConfig);
    const result = this.run(statement);
    if (callback === undefined) return result as never;
    result.then(
      (rows) => callback(undefined, rows),
      (error) => callback(error),
    );
    return undefined as never;
  }

  override end(): Promise<void>;
  override end(callback: () => void): void;
  override end(callback?: () => void): Promise<void> | undefined {
    this.#ending = true;
    if (callback) super.end(callback);
    else return super.end();
    return undefined;
  }
}

async function answers(client: pg.PoolClient): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), CHECK_TIMEOUT_MS);
  });
  const answer = client.query('select 1').then(
    () => true,
    () => false,
  );
  const alive = await Promise.race([answer, silence]);
  clearTimeout(timer);
  return alive;
}

/**
 * The pool for a configuration; opens nothing yet. Sessions run in UTC, whatever the server's default.
 * The client gives up two seconds after the server should have: the server's error is the better one.
 * Statements sent without waiting for each other travel together (pipelining), so that a transaction whose
 * statements are known beforehand costs one round trip.
 */
export function createPool(
  config: DatabaseConfig,
  options: {
    onEvent?: (event: PoolEvent) => void;
    onQuery?: (event: QueryEvent) => void;
    checkAfterIdleMs?: number;
  } = {},
): DatabasePool {
  const url = new URL(config.url);
  for (const name of ['sslmode', 'sslrootcert', 'schema', 'connection_limit', 'pool_timeout'])
    url.searchParams.delete(name);
  return new DatabasePool(
    {
      connectionString: url.href,
      Client: createClientClass(options.onQuery ?? (() => {})),
      max: config.poolMax,
      min: config.poolMin,
      connectionTimeoutMillis: config.acquireTimeoutMs,
      idleTimeoutMillis: config.idleTimeoutMs,
      maxLifetimeSeconds: config.maxLifetimeS,
      ...(config.statementTimeoutMs > 0
        ? { statement_timeout: config.statementTimeoutMs, query_timeout: config.statementTimeoutMs + 2_000 }
        : {}),
      keepAlive: true,
      pipeline: true,
      application_name: config.applicationName,
      options: '-c TimeZone=UTC',
      ssl: sslOptions(config),
    } as pg.PoolConfig,
    {
      minimum: config.poolMin,
      maxWaiting: config.poolMaxWaiting,
      checkAfterIdleMs: options.checkAfterIdleMs ?? CHECK_AFTER_IDLE_MS,
      onEvent: options.onEvent ?? (() => {}),
    },
  );
}

/** TLS options for pg: nothing, encryption alone, or encryption with chain and host name verified. */
export function sslOptions(config: Pick<DatabaseConfig, 'ssl' | 'sslCa'>): pg.ClientConfig['ssl'] {
  if (config.ssl === 'disable') return false;
  if (config.ssl === 'require') return { rejectUnauthorized: false };
  return { rejectUnauthorized: true, ...(config.sslCa === undefined ? {} : { ca: config.sslCa }) };
}
