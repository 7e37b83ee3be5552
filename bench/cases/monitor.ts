import { withClient } from '@plinth/db';
import { type Monitor, openMonitor, parseMonitorConfig } from '@plinth/db/monitor';
import type { BenchCase } from '../harness/bench-case.js';

/** What a quarter of an hour at the default interval of 30 s consists of. */
const looks = { 1: 30, 2: 15, 3: 1 } as const;
const schema = 'bench_monitor';
const tablesPerStatement = 250;

/** Each table is two relations, with its primary key's index. */
const sizeOf = (quick: boolean) =>
  quick ? { tables: 500, statements: 500 } : { tables: 5_000, statements: 5_000 };

export const monitorCase: BenchCase = {
  name: 'monitor',
  question: 'how much of a quarter of an hour does monitoring a large database take, every check included?',
  sizes: () => [{ name: 'a quarter of an hour', callers: 1, operations: 1, warmups: 1, rounds: 5 }],
  async prepare({ quick, openDatabase, log }) {
    const bench = await openDatabase();
    const { tables, statements } = sizeOf(quick);
    log(`making ${tables} tables and ${statements} statements`);
    await dropTables(bench.loaderUrl, tables);
    await makeTables(bench.loaderUrl, tables);
    await makeStatements(bench.loaderUrl, statements);
    const monitor = openMonitor({
      ...parseMonitorConfig({}),
      readonlyUrl: bench.loaderUrl,
      continuous: false,
    });
    await monitor.collect([1, 2, 3]);
    const seen = monitor.statements(1_000_000).statements.length;
    const relations = await countRelations(bench.loaderUrl);
    if (seen < statements * 0.9)
      throw new Error(`only ${seen} of ${statements} statements are in pg_stat_statements`);
    return {
      sides: [
        {
          name: 'plinth monitor',
          answer: async () => ({ state: monitor.snapshot().state, skipped: skippedIn(monitor) }),
          run: async () => {
            const before = monitor.snapshot().own.spentMs;
            for (const tier of [1, 2, 3] as const)
              for (let look = 0; look < looks[tier]; look++) await monitor.collect([tier]);
            const { lastMs, spentMs } = monitor.snapshot().own;
            log(
              `tiers: ${[lastMs[1], lastMs[2], lastMs[3]].map((ms) => `${Math.round(ms ?? 0)} ms`).join(', ')}`,
            );
            return spentMs - before;
          },
        },
      ],
      facts: {
        relations,
        statements: seen,
        looks,
        timed: 'what the statements of all looks took, network included; 900 s of the clock are 100 %',
        left_out: 'no rival: prometheus-postgres-exporter is not run by this case',
        server: bench.server,
      },
      close: async () => {
        await monitor.close();
        await dropTables(bench.loaderUrl, tables);
        await bench.stop();
      },
    };
  },
};

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
