import pg from 'pg';
import { translateError } from '../errors.js';
import { createSql, type Sql } from '../sql.js';
import type { Alert } from './alerts.js';
import { connectionTo, type Tls } from './session.js';

/** One process at a time writes: the one that holds this advisory lock. The others watch and keep silent. */
const LEADER_LOCK = [7756, 8] as const;
/** Rows older than this are removed; some at a time, so that no write takes long. */
const KEEP_DAYS = 14;

/** Where the monitor writes, through the worker role. */
export interface MonitorStore {
  /** Whether this process is the one that writes; connects, and tries to become it. Throws DatabaseError. */
  lead(): Promise<boolean>;
  /** Adds a row to metric_snapshots and removes outdated ones. */
  savePoint(at: Date, tier: 1 | 2 | 3, data: object): Promise<void>;
  /** Alerts that an earlier process left firing. */
  readFiring(): Promise<Alert[]>;
  /** Writes the alert as it is now; one row per condition from firing to resolved. */
  saveAlert(alert: Alert): Promise<void>;
  close(): Promise<void>;
}

/** Makes the store; connects on first use, and again after a lost connection. */
export function createStore(url: string, tls?: Tls): MonitorStore {
  let client: pg.Client | undefined;
  let leading = false;

  async function connect(): Promise<Sql> {
    if (client === undefined) {
      const opened = new pg.Client({
        ...connectionTo(url, tls),
        application_name: 'plinth:monitor-store',
        connectionTimeoutMillis: 5_000,
        query_timeout: 10_000,
        keepAlive: true,
        options: '-c TimeZone=UTC -c lock_timeout=1000 -c statement_timeout=5000',
      });
      const lose = () => {
        if (client === opened) client = undefined;
        leading = false;
      };
      opened.on('error', lose);
      opened.on('end', lose);
      try {
        await opened.connect();
      } catch (error) {
        await opened.end().catch(() => {});
        throw translateError(error);
      }
      client = opened;
    }
    return createSql(client as unknown as pg.PoolClient);
  }

  return {
    async lead() {
      const sql = await connect();
      if (!leading) {
        const row = await sql.one<{ got: boolean }>('select pg_try_advisory_lock($1, $2) as got', [
          ...LEADER_LOCK,
        ]);
        leading = row.got;
      }
      return leading;
    },
    async savePoint(at, tier, data) {
      const sql = await connect();
      await sql.none('insert into metric_snapshots (captured_at, tier, data) values ($1, $2, $3)', [
        at,
        tier,
        JSON.stringify(data),
      ]);
      await sql.none(
        `delete from metric_snapshots where id in (
           select id from metric_snapshots where captured_at < now() - make_interval(days => $1) order by captured_at limit 500)`,
        [KEEP_DAYS],
      );
    },
    async readFiring() {
      const sql = await connect();
      return await sql.query<Alert>(
        `select rule, severity::text as severity, object, message, evidence, 'firing' as state, started_at as "startedAt", null as "resolvedAt"
           from alerts where state = 'firing' order by started_at`,
      );
    },
    async saveAlert({ rule, severity, object, message, evidence, state, startedAt, resolvedAt }) {
      const sql = await connect();
      if (state === 'firing') {
        await sql.none(
          `insert into alerts (rule, severity, object, message, evidence, started_at, notified_at)
           values ($1, $2::alert_severity, $3, $4, $5, $6, now())
           on conflict (rule, object) where state = 'firing'
           do update set severity = excluded.severity, message = excluded.message, evidence = excluded.evidence`,
          [rule, severity, object, message, JSON.stringify(evidence), startedAt],
        );
        return;
      }
      await sql.none(
        "update alerts set state = 'resolved', resolved_at = $3 where rule = $1 and object = $2 and state = 'firing'",
        [rule, object, resolvedAt],
      );
    },
    async close() {
      await client?.end().catch(() => {});
    },
  };
}
