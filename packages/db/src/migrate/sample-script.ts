import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { PlinthError } from '../errors.js';
import type { MigrationFile } from './folder.js';

/** The rows that the migration's author wrote, where they cannot be guessed. Throws `sample_failed`. */
export async function runSample(
  client: pg.Client,
  file: Pick<MigrationFile, 'name' | 'path'>,
): Promise<void> {
  const sample = await readFile(join(file.path, 'sample.sql'), 'utf8').catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    },
  );
  if (sample === undefined) return;
  await client.query(sample).catch((error: Error) => {
    throw new PlinthError('sample_failed', `${file.name}/sample.sql: ${error.message}`, {
      fix: 'correct sample.sql',
    });
  });
}
