import { expectedRights, readRights } from '@plinth/db';
import { compareMigrations } from './applied-migrations.js';
import { type Check, fail, listed, pass } from './check.js';

/** Statements that a repair prints; the next run names the rest. */
const MOST = 4;

/** Nothing that a migration granted, and no policy, was lost since or differs; `migrate drift` tells what was added. */
export const grants: Check = {
  name: 'grants and policies',
  async run({ db, migrationsDir }) {
    const there = await db.tx(async (sql) => {
      await sql.one("select set_config('search_path', '', true)");
      return new Set(await readRights((text) => sql.query(text)));
    });
    const expected = await expectedRights();
    const lost = expected.filter((right) => !there.has(right));
    if (lost.length === 0) return pass(`${expected.length} grants, policies and settings of row security`);
    const { pending } = await compareMigrations(db, migrationsDir);
    const detail = `${lost.length} of ${expected.length} are missing: ${listed(lost.map(describe), MOST)}`;
    if (pending.length > 0) return fail(detail, 'plinth migrate up');
    return fail(detail, repair(lost.slice(0, MOST)));
  },
};

const policyOf = (right: string) => /^CREATE (POLICY \S+ ON \S+)/.exec(right)?.[1];

/** Of a policy its name and table: the expression is for the repair. */
const describe = (right: string) => policyOf(right) ?? right;

function repair(lost: readonly string[]): string {
  const statements = lost.flatMap((right) => {
    const policy = policyOf(right);
    // It may be there with another definition.
    return policy === undefined ? [right] : [`DROP ${policy.replace('POLICY', 'POLICY IF EXISTS')}`, right];
  });
  return `psql "$(plinth db url --role admin)" -c '${statements.join('; ').replaceAll("'", `'\\''`)}'`;
}
