import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Check, NOW, repairBy, type Severity } from './check.js';

interface Applied {
  name: string;
  checksum: string;
  finished: boolean;
}

const problems: Record<string, { severity: Severity; why: string; command: string }> = {
  pending: {
    severity: 'warning',
    why: 'the program expects a schema that the database does not have yet',
    command: 'plinth migrate up',
  },
  failed: {
    severity: 'critical',
    why: 'the migration stopped half-way; nothing else can be deployed until that is settled',
    command: 'plinth migrate status',
  },
  edited: {
    severity: 'warning',
    why: 'the file is not the one that was applied: another database made from it will differ from this one',
    command: 'plinth migrate verify',
  },
};

/** Migrations of this release that are pending, failed, or were changed after they had been applied. */
export const migrations: Check = {
  id: 'migrations',
  title: 'Migrations do not match the release',
  tier: 2,
  async run(sql, _thresholds, { migrationsDir }) {
    if (migrationsDir === undefined) return [];
    const rows = await sql.query<Applied>(
      `select migration_name as name, checksum, finished_at is not null as finished
         from public._prisma_migrations where rolled_back_at is null order by started_at`,
    );
    const applied = new Map(rows.map((row) => [row.name, row]));
    const found = [];
    for (const { name, checksum } of await readMigrations(migrationsDir)) {
      const row = applied.get(name);
      const state =
        row === undefined
          ? 'pending'
          : !row.finished
            ? 'failed'
            : row.checksum === checksum
              ? undefined
              : 'edited';
      const problem = state === undefined ? undefined : problems[state];
      if (state === undefined || problem === undefined) continue;
      found.push({
        check: 'migrations',
        severity: problem.severity,
        object: name,
        summary: `migration ${name} is ${state}`,
        evidence: { state, fileChecksum: checksum, appliedChecksum: row?.checksum ?? null },
        window: NOW,
        why: problem.why,
        repair: repairBy('none', [], { command: problem.command }),
      });
    }
    return found;
  },
};

/** Names and SHA-256 (as Prisma writes it) of the migrations in a folder, in their order. */
async function readMigrations(folder: string): Promise<{ name: string; checksum: string }[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
  return await Promise.all(
    names.map(async (name) => {
      const script = await readFile(join(folder, name, 'migration.sql'));
      return { name, checksum: createHash('sha256').update(script).digest('hex') };
    }),
  );
}
