import { withClient } from '@plinth/db';
import { type Monitor, openMonitor, parseMonitorConfig } from '@plinth/db/monitor';
import type { BenchCase, Side } from '../harness/bench-case.js';
import { openDatabaseTime } from '../harness/database-time.js';
import { hasExampleQueries, hasExporter, startExporter } from '../servers/postgres-exporter.js';

/** What a quarter of an hour at the default interval of 30 s consists of; the exporter is scraped at that interval. */
const looks = { 1: 30, 2: 15, 3: 1 } as const;
const scrapes = 30;
const schema = 'bench_monitor';
const tablesPerStatement = 250;

/** Each table is two relations, with its primary key's index. */
const sizeOf = (quick: boolean) =>
  quick ? { tables: 500, statements: 500 } : { tables: 5_000, statements: 5_000 };

export const monitorCase: BenchCase = {
  name: 'monitor',
  question: 'how much database time does watching a large database take in a quarter of an hour?',
  subject: 'plinth monitor',
  sizes: () => [{ name: 'a quarter of an hour', callers: 1, operations: 1, warmups: 1, rounds: 5 }],
  async prepare({ quick, openDatabase, log }) {
    const bench = await openDatabase();
    const { tables, statements } = sizeOf(quick);
    log(`making ${tables} tables and ${statements} statements`);
    await dropTables(bench.loaderUrl, tables);
    await makeTables(bench.loaderUrl, tables);
    await makeStatements(bench.loaderUrl, statements);
    const ours = await watchByMonitor(bench.loaderUrl, log);
    const { seen } = ours;
    if (seen < statements * 0.9)
      throw new Error(`only ${seen} of ${statements} statements are in pg_stat_statements`);
    const rivals: WatchingSide[] = [];
    if (hasExporter()) {
      rivals.push(await watchByExporter('postgres_exporter, defaults', bench.loaderUrl, false));
      if (hasExampleQueries())
        rivals.push(await watchByExporter('postgres_exporter, tables and statements', bench.loaderUrl, true));
    } else {
      log('prometheus-postgres-exporter is not installed: no rival');
    }
    return {
      sides: [ours, ...rivals],
      facts: {
        relations: await countRelations(bench.loaderUrl),
        statements: seen,
        looks,
        scrapes,
        timed:
          'how long the server was busy with each, seen from between them (busy connections added up, connecting included); 900 s of the clock are 100 %',
        coverage: {
          'plinth monitor': 'all 24 checks, lock tree, sessions, tables, statements by differences',
          'postgres_exporter, defaults':
            'Debian 0.11: settings, databases, locks by mode, activity, bgwriter, replication; no tables, no statements',
          'postgres_exporter, tables and statements':
            'and its own example queries, with the column names of today: each table, each statement; no checks',
        },
        ...(rivals.length === 0
          ? { left_out: 'no rival: prometheus-postgres-exporter is not installed' }
          : {}),
        server: bench.server,
      },
      close: async () => {
        for (const side of [ours, ...rivals]) await side.close();
        await dropTables(bench.loaderUrl, tables);
        await bench.stop();
      },
    };
  },
};

interface WatchingSide extends Side {
  close(): Promise<void>;
}

/** Ours, by its public export. `seen`: how many statements it knows. */
async function watchByMonitor(
  url: string,
  log: (line: string) => void,
): Promise<WatchingSide & { seen: number }> {
  const time = await openDatabaseTime(url);
  const monitor = openMonitor({ ...parseMonitorConfig({}), readonlyUrl: time.url, continuous: false });
  await monitor.collect([1, 2, 3]);
  return {
    name: 'plinth monitor',
    seen: monitor.statements(1_000_000).statements.length,
    async answer() {
      const { state, overview } = monitor.snapshot();
      if (state !== 'up') throw new Error('the monitor cannot see its database');
      const skipped = skippedIn(monitor);
      if (skipped.length > 0) throw new Error(`the monitor skipped ${skipped.join(', ')}`);
      return { maxConnections: overview?.connections.maximum };
    },
    async run() {
      const before = time.busyMs();
      for (const tier of [1, 2, 3] as const)
        for (let look = 0; look < looks[tier]; look++) await monitor.collect([tier]);
      const { lastMs } = monitor.snapshot().own;
      log(`tiers: ${[lastMs[1], lastMs[2], lastMs[3]].map((ms) => `${Math.round(ms ?? 0)} ms`).join(', ')}`);
      return time.busyMs() - before;
    },
    async close() {
      await monitor.close();
      await time.close();
    },
  };
}

async function watchByExporter(name: string, url: string, examples: boolean): Promise<WatchingSide> {
  const time = await openDatabaseTime(url);
  const exporter = await startExporter(time.url, { examples });
  return {
    name,
    async answer() {
      const text = await exporter.scrape();
      for (const metric of examples ? ['pg_stat_user_tables_n_dead_tup', 'pg_stat_statements_calls'] : [])
        if (!text.includes(`\n${metric}{`)) throw new Error(`the exporter has no ${metric}`);
      const maximum = /^pg_settings_max_connections\{.*\} (\S+)$/m.exec(text)?.[1];
      return { maxConnections: Number(maximum) };
    },
    async run() {
      const before = time.busyMs();
      for (let scrape = 0; scrape < scrapes; scrape++) await exporter.scrape();
      return time.busyMs() - before;
    },
    async close() {
      await exporter.stop();
      await time.close();
    },
  };
}

/** In groups: one transaction over all of them would need more locks than a server has. */
async function makeTables(url: string, tables: number): Promise<void> {
  await withClient(url, async (client) => {
    await client.query(`create schema ${schema}`);
    for (let from = 1; from <= tables; from += tablesPerStatement) {
      const to = Math.min(from + tablesPerStatement - 1, tables);
      await client.query(
        `do $$ begin for n in ${from} .. ${to} loop
           execute format('create table ${schema}.t%s (id int primary key, name text)', n);
           execute format('insert into ${schema}.t%s values (1, $1)', n) using 'name';
         end loop; end $$`,
      );
    }
    await client.query('analyze');
  });
}

async function dropTables(url: string, tables: number): Promise<void> {
  await withClient(url, async (client) => {
    await client.query('set client_min_messages = warning');
    for (let from = 1; from <= tables; from += tablesPerStatement) {
      await client.query(
        `do $$ begin for n in ${from} .. ${from + tablesPerStatement - 1} loop
           execute format('drop table if exists ${schema}.t%s', n);
         end loop; end $$`,
      );
    }
    await client.query(`drop schema if exists ${schema} cascade`);
  });
}

/** One statement per table: values and names of columns alone would make one query id of all. */
async function makeStatements(url: string, statements: number): Promise<void> {
  await withClient(url, async (client) => {
    await client.query('select pg_stat_statements_reset()');
    // Twice, so that PostgreSQL does not take them for the first ones to forget.
    for (let round = 0; round < 2; round++)
      for (let n = 1; n <= statements; n++)
        await client.query(`select id, name from ${schema}.t${n} where id = 1 and name <> 'x'`);
  });
}

async function countRelations(url: string): Promise<number> {
  return await withClient(url, async (client) => {
    const { rows } = await client.query<{ n: number }>(
      "select count(*)::int as n from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'",
    );
    return rows[0]?.n ?? 0;
  });
}

function skippedIn(monitor: Monitor): string[] {
  return monitor
    .findings()
    .checks.filter(({ status }) => status === 'skipped')
    .map(({ id }) => id);
}
