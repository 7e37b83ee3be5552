import { SELECT_INDEXES } from '../indexes.js';
import { statisticsWindow } from '../observed.js';
import { type Check, repairBy, USER_SCHEMA } from './check.js';
import { indexLine } from './schema-line.js';

// Indexes that guard something (uniqueness, exclusion, replica identity, a constraint) or that make deleting a
// referenced row fast are of use without ever being scanned.
const READ = `${SELECT_INDEXES}
 where ${USER_SCHEMA} and i.indisvalid and not ic.relispartition
   and not i.indisunique and not i.indisprimary and not i.indisexclusion and not i.indisreplident
   and ic.relpages::float8 * current_setting('block_size')::int >= $1
   and (s.idx_scan = 0 or (to_jsonb(s)->>'last_idx_scan')::timestamptz < now() - $2::float8 * interval '1 millisecond')
   and not exists (select from pg_constraint k where k.conindid = i.indexrelid)
   and not exists (select from pg_constraint k where k.conrelid = i.indrelid and k.contype = 'f'
                     and k.conkey @> (i.indkey::int2[])[0:cardinality(k.conkey) - 1]
                     and (i.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey)
 order by bytes desc`;

interface Row {
  index: string;
  table: string;
  bytes: number;
  scans: number;
  lastScan: string | null;
  columns: string[];
}

/** Indexes that no query used for a month. Nothing is said before statistics cover that long. */
export const unusedIndexes: Check = {
  id: 'unused-indexes',
  title: 'Indexes that nobody uses',
  tier: 3,
  async run(sql, { unusedIndexMinBytes, unusedIndexWindowMs }, observed) {
    const { window, ageMs } = await statisticsWindow(sql, observed);
    if (ageMs < unusedIndexWindowMs) return [];
    const rows = await sql.query<Row>(READ, [unusedIndexMinBytes, unusedIndexWindowMs]);
    return rows.map(({ index, table, bytes, scans, lastScan, columns }) => ({
      check: 'unused-indexes',
      severity: 'info' as const,
      object: index,
      summary: `index ${index} of ${table} (${Math.round(bytes / 1024)} kB) was not used`,
      evidence: {
        table,
        columns: columns.join(', '),
        bytes,
        scans,
        lastScan,
        windowDays: ageMs / 86_400_000,
      },
      window,
      why: 'every write pays for the index and no query on this server gains from it; before dropping it, think of replicas and of jobs that run less often than the window is long',
      repair: repairBy('SHARE UPDATE EXCLUSIVE', [`drop index concurrently ${index}`], {
        prisma: columns.length > 0 ? `remove ${indexLine(columns)} from the model of ${table}` : null,
      }),
    }));
  },
};
