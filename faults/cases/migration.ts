import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MIGRATIONS_DIR, withClient } from '@plinth/db';
import type { Violation } from '../ledger/violation.js';
import type { CommandOutcome } from '../world/command.js';
import type { World } from '../world/world.js';
import { BOUND_MS, type Fault } from './fault.js';

/** A release's usual change: a column with a default, a check, an index built while others write. */
const STEPS = {
  '29990101000000_fault_column': {
    up: `ALTER TABLE "user_artist_blocks" ADD COLUMN "fault_grade" integer NOT NULL DEFAULT 0;
ALTER TABLE "user_artist_blocks" ADD CONSTRAINT "user_artist_blocks_fault_grade_check" CHECK ("fault_grade" >= 0) NOT VALID;`,
    down: `ALTER TABLE "user_artist_blocks" DROP COLUMN "fault_grade";`,
  },
  '29990101000100_fault_index': {
    up: `CREATE INDEX CONCURRENTLY "user_artist_blocks_fault_grade_idx" ON "user_artist_blocks" ("fault_grade");`,
    down: `DROP INDEX CONCURRENTLY "user_artist_blocks_fault_grade_idx";`,
  },
};

/** A copy of the migrations with two more. Answers the folder. */
export async function writeMoreMigrations({ folder }: World): Promise<string> {
  const target = join(folder, 'migrations');
  await cp(MIGRATIONS_DIR, target, { recursive: true });
  for (const [name, { up, down }] of Object.entries(STEPS)) {
    await mkdir(join(target, name), { recursive: true });
    await writeFile(join(target, name, 'migration.sql'), `${up}\n`);
    await writeFile(join(target, name, 'down.sql'), `${down}\n`);
  }
  return target;
}

/** Those two are applied, each once: more would mean that two runs did the same work. */
export async function appliedOnce({ adminUrl }: World, by: string): Promise<Violation[]> {
  return await withClient(adminUrl, async (client) => {
    const { rows } = await client.query<{ name: string; times: number }>(
      `select migration_name as name, count(*)::int as times from public._prisma_migrations
        where migration_name like '2999%' and finished_at is not null and rolled_back_at is null group by 1`,
    );
    const wrong = rows.length !== 2 || rows.some(({ times }) => times !== 1);
    return wrong ? [{ kind: 'command', detail: `the history after ${by}: ${JSON.stringify(rows)}` }] : [];
  });
}

/** A command that ended badly, as a violation. */
export function badEnd(command: string, { code, stderr }: CommandOutcome): Violation[] {
  if (code === 0) return [];
  const detail = `${command} ended with ${code}: ${stderr.trim().split('\n').slice(-3).join(' | ')}`;
  return [{ kind: 'command', detail }];
}

/** Takes those two back. */
export async function migrateDown(world: World, dir: string): Promise<Violation[]> {
  const args = ['migrate', 'down', '2', '--allow-data-loss', '--dir', dir];
  return badEnd('plinth migrate down 2', await world.plinth(args));
}

export const migration: Fault = {
  name: 'migration',
  what: 'plinth migrate up with two more migrations, then migrate down 2, under load',
  boundMs: BOUND_MS,
  async inject(world, _random, found) {
    const dir = await writeMoreMigrations(world);
    found.push(...badEnd('plinth migrate up', await world.plinth(['migrate', 'up', '--dir', dir])));
    found.push(...(await migrateDown(world, dir)));
    return 2;
  },
};
