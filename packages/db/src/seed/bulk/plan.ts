import type { Database } from '../../database.js';
import { PlinthError } from '../../errors.js';
import { createBulkIds } from './bulk-ids.js';
import type { BulkCounts, BulkTable } from './bulk-table.js';

const NONE: BulkCounts = { users: 0, artists: 0, businesses: 0, blocks: 0, assessments: 0 };

/**
 * Completes the counts with the parents that earlier runs of the seed left, checks that they fit each other and what
 * is there, and makes the counters of the tables. Throws `usage` or `bulk_shape_differs`.
 */
export async function checkPlan(
  database: Database,
  tables: readonly BulkTable[],
  asked: { seed: number; counts: Partial<BulkCounts> },
): Promise<BulkCounts> {
  const { seed } = asked;
  const known = await database.query<{ table: string; done: number; shape: Partial<BulkCounts> }>(
    'select table_name as table, done::float8 as done, shape from plinth.seeded_ranges where seed = $1',
    [seed],
  );
  const counts = { ...NONE };
  for (const { table, count } of tables) {
    counts[count] = asked.counts[count] ?? known.find((row) => row.table === table)?.done ?? 0;
  }
  if (!Object.values(asked.counts).some((count) => count > 0)) {
    throw new PlinthError('usage', 'no rows were asked for', {
      fix: 'add --businesses 1000000, for example',
    });
  }
  for (const { table, count, dependsOn } of tables) {
    if ((asked.counts[count] ?? 0) === 0) continue;
    const missing = dependsOn.filter((parent) => counts[parent] === 0);
    if (missing.length > 0) {
      throw new PlinthError('usage', `${count} need ${missing.join(' and ')}`, {
        fix: `add ${missing.map((parent) => `--${parent} 1000`).join(' ')}`,
      });
    }
    if (count === 'blocks' && counts.blocks > counts.users * counts.artists) {
      throw new PlinthError(
        'usage',
        `${counts.users} users cannot block ${counts.artists} artists ${counts.blocks} times`,
        {
          fix: 'ask for fewer --blocks, or more --users or --artists',
        },
      );
    }
    const shape = shapeOf(counts, count, dependsOn);
    const there = known.find((row) => row.table === table);
    if (there !== undefined && there.done > 0) refuseOtherShape({ count, seed, shape, there: there.shape });
    await database.none(
      `insert into plinth.seeded_ranges (table_name, seed, shape, first_id) values ($1, $2, $3::jsonb, $4)
       on conflict (table_name, seed) do update set shape = excluded.shape where seeded_ranges.done = 0`,
      [table, seed, JSON.stringify(shape), createBulkIds(table, seed)(0)],
    );
  }
  return counts;
}

/** The counts that decide what the rows are: a table without parents may grow, others are shared out once. */
function shapeOf(
  counts: BulkCounts,
  count: keyof BulkCounts,
  dependsOn: readonly (keyof BulkCounts)[],
): Partial<BulkCounts> {
  if (dependsOn.length === 0) return {};
  return Object.fromEntries([count, ...dependsOn].map((name) => [name, counts[name]]));
}

function refuseOtherShape(run: {
  count: string;
  seed: number;
  shape: Partial<BulkCounts>;
  there: Partial<BulkCounts>;
}): void {
  const { count, seed, shape, there } = run;
  const names = Object.keys(shape) as (keyof BulkCounts)[];
  if (names.every((name) => shape[name] === there[name])) return;
  const options = (of: Partial<BulkCounts>) => names.map((name) => `--${name} ${of[name]}`).join(' ');
  throw new PlinthError(
    'bulk_shape_differs',
    `${count} of seed ${seed} were shared out for ${options(there)}`,
    {
      fix: `continue with ${options(there)}, or choose another --seed`,
    },
  );
}
