import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { SOURCE_FLAGS } from '@plinth/db/testing';
import { repositoryRoot } from '../plinth.js';

describe('writing a sealed file', () => {
  test('a producer that fails before its last bytes are written is the answer, and never unhandled', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'plinth-pipeline-'));
    const flags = [...SOURCE_FLAGS];
    const child = join(import.meta.dirname, 'cancelled-write.ts');
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [...flags, child, join(folder, 'cancelled')],
      {
        cwd: repositoryRoot,
      },
    ).finally(() => rm(folder, { recursive: true }));
    expect(stdout).toBe('the producer was cancelled');
  });
});
