import { type Sql, writeHealthCheck } from '@plinth/db';

const round = (ms: number): number => Math.round(ms * 100) / 100;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return round(performance.now() - startedAt);
}

/** Asks the server for its role. Throws DatabaseError `read_only` through the write check only, so both are asked here. */
export async function measureSimple(sql: Sql): Promise<{ ms: number; readOnly: boolean }> {
  let readOnly = false;
  const ms = await timed(async () => {
    const row = await sql.one<{ readOnly: boolean }>(
      `select pg_is_in_recovery() or current_setting('transaction_read_only') = 'on' as "readOnly"`,
    );
    readOnly = row.readOnly;
  });
  return { ms, readOnly };
}

/** A join with grouping and sorting over the catalog: its size does not grow with the users' data. Milliseconds. */
export function measureComplex(sql: Sql): Promise<number> {
  return timed(() =>
    sql.query(
      `select n.nspname, c.relkind, count(*) as relations, sum(c.relpages) as pages
         from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'public' group by n.nspname, c.relkind order by relations desc`,
    ),
  );
}

/** Proves that writes work. Milliseconds. */
export async function measureWrite(sql: Sql): Promise<number> {
  return round(await writeHealthCheck(sql, 'api'));
}
