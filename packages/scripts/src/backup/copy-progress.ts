import { type DatabaseClient, withWorkClient } from './database-client.js';

/** How far pg_dump or pg_restore is with the rows. */
export interface CopyProgress {
  /** Never less than before. */
  rows: number;
  /** Of all tables together. */
  totalRows: number;
  /** Tables that are begun, and all. */
  tables: number;
  totalTables: number;
  /** What is being copied now, as `schema.table`; undefined between tables and at the end. */
  table: string | undefined;
}

export interface CopyWatch {
  /** A line of the program's --verbose output: it names the tables as it begins them. */
  onLine(line: string): void;
  /** Ends the watching. */
  stop(): Promise<void>;
}

interface TableState {
  expected: number;
  /** Begun as which, counted from 1; 0: not yet. */
  begun: number;
  /** Seen at work. */
  seen: boolean;
  active: boolean;
  copied: number;
}

const BEGUN = /^pg_(?:dump: dumping contents of|restore: processing data for) table "(.*)"$/;
const POLL_MS = 1_000;
const ACTIVE = `
  SELECT n.nspname || '.' || c.relname AS name, p.tuples_processed::float8 AS copied
  FROM pg_stat_progress_copy p JOIN pg_stat_activity a USING (pid)
  JOIN pg_class c ON c.oid = p.relid JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE a.application_name = $1 AND p.datname = current_database()`;

/**
 * Follows the rows that sessions of `applicationName` copy, in pg_stat_progress_copy and in what the program says, and
 * reports at once and then every second, also where nothing moves. A server that cannot be asked ends the reports, not
 * the work.
 */
export function watchCopies(options: {
  url: string;
  applicationName: string;
  /** Rows per `schema.table`, estimated or known. */
  expected: ReadonlyMap<string, number>;
  /** Tables that are copied at a time. */
  jobs: number;
  onProgress: (progress: CopyProgress) => void;
  everyMs?: number;
}): CopyWatch {
  const { url, applicationName, jobs, onProgress, everyMs = POLL_MS } = options;
  const states = new Map<string, TableState>();
  for (const [name, rows] of options.expected)
    states.set(name, { expected: rows, begun: 0, seen: false, active: false, copied: 0 });
  const totalRows = [...states.values()].reduce((sum, { expected }) => sum + expected, 0);
  let begun = 0;
  let rows = 0;
  let wake = () => {};
  let stopped = false;

  /** Of a table that is done, what was expected; of one at work, or just begun, what is copied. */
  const rowsOf = (state: TableState): number => {
    if (state.begun === 0) return 0;
    const over = state.seen ? !state.active : begun - state.begun >= jobs;
    return over ? state.expected : Math.min(state.copied, state.expected);
  };
  const report = () => {
    const all = [...states.entries()];
    rows = Math.max(rows, Math.round(all.reduce((sum, [, state]) => sum + rowsOf(state), 0)));
    const table = all.find(([, { active }]) => active)?.[0];
    onProgress({ rows, totalRows: Math.round(totalRows), tables: begun, totalTables: states.size, table });
  };
  const look = async (client: DatabaseClient) => {
    const { rows: active } = await client.query<{ name: string; copied: number }>(ACTIVE, [applicationName]);
    for (const state of states.values()) state.active = false;
    for (const { name, copied } of active) {
      const state = states.get(name);
      if (state === undefined) continue;
      if (state.begun === 0) state.begun = ++begun;
      Object.assign(state, { seen: true, active: true, copied });
    }
    report();
  };
  const watching = withWorkClient(url, async (client) => {
    while (!stopped) {
      await look(client);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, everyMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }).catch(() => {});
  return {
    onLine(line) {
      const state = states.get(BEGUN.exec(line)?.[1] ?? '');
      if (state !== undefined && state.begun === 0) state.begun = ++begun;
    },
    async stop() {
      stopped = true;
      wake();
      await watching;
    },
  };
}
