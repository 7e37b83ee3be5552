import { type Check, NOW, repairBy } from './check.js';

const READ = `
select counter, datname as database, age::float8 as age, (age / 2147483648.0)::float8 as ratio,
       case when datname = current_database() then (
         select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
          where c.relkind in ('r', 'm', 't')
          order by case counter when 'transaction' then age(c.relfrozenxid) else mxid_age(c.relminmxid) end desc limit 1)
       end as oldest
  from (
    (select 'transaction' as counter, datname, age(datfrozenxid) as age from pg_database order by age desc limit 1)
    union all
    (select 'multixact', datname, mxid_age(datminmxid) as age from pg_database order by age desc limit 1)
  ) ages where age / 2147483648.0 >= $1`;

interface Row {
  counter: 'transaction' | 'multixact';
  database: string;
  age: number;
  ratio: number;
  oldest: string | null;
}

/** How much of the transaction ids, and of the multixact ids, is in use; the worst database of the server. */
export const wraparound: Check = {
  id: 'wraparound',
  title: 'Transaction ids run out',
  tier: 2,
  async run(sql, { wraparoundWarningRatio, wraparoundCriticalRatio }) {
    const rows = await sql.query<Row>(READ, [wraparoundWarningRatio]);
    return rows.map(({ counter, database, age, ratio, oldest }) => ({
      check: 'wraparound',
      severity: ratio >= wraparoundCriticalRatio ? ('critical' as const) : ('warning' as const),
      object: `${counter} ids of database ${database}`,
      summary: `${(ratio * 100).toFixed(1)} % of the ${counter} ids are in use in database ${database}`,
      evidence: { counter, database, age, ratio, oldestTable: oldest },
      window: NOW,
      why: 'PostgreSQL refuses every write before the ids run out; freezing old rows gives ids back, and something keeps it from doing so (see xmin-horizon)',
      repair: repairBy('SHARE UPDATE EXCLUSIVE', [
        oldest === null ? 'vacuum (freeze)' : `vacuum (freeze, verbose) ${oldest}`,
      ]),
    }));
  },
};
