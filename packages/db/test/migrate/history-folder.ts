import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The files of one migration; a name without a stamp gets one from its place in the list. */
export interface WrittenMigration {
  readonly name?: string;
  readonly up: string;
  readonly down?: string;
  readonly sample?: string;
}

/** Writes a migrations folder, runs `work` with its path, removes it. */
export async function withHistory<T>(
  migrations: readonly WrittenMigration[],
  work: (dir: string) => Promise<T>,
): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), 'plinth-history-'));
  try {
    for (const [at, migration] of migrations.entries()) {
      const folder = join(dir, nameOf(at, migration));
      await mkdir(folder);
      await writeFile(join(folder, 'migration.sql'), migration.up);
      if (migration.down !== undefined) await writeFile(join(folder, 'down.sql'), migration.down);
      if (migration.sample !== undefined) await writeFile(join(folder, 'sample.sql'), migration.sample);
    }
    return await work(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** `20260101000000_step`, a second later for each. */
export const nameOf = (at: number, { name }: Pick<WrittenMigration, 'name'> = {}): string =>
  name ?? `${20260101000000 + at}_step`;
