import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBackupTools } from '../harness/backup-sides.js';
import type { BenchCase } from '../harness/bench-case.js';
import { loadBusinesses } from '../harness/business-rows.js';

/** A public key whose secret nobody kept: this case only encrypts. */
const recipient = 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p';

export const backupCase: BenchCase = {
  name: 'backup',
  question:
    'how long does a backup take: compressed, encrypted, hashed row by row and read back, against pg_dump alone?',
  subject: 'plinth create',
  sizes: (quick) => [
    { name: 'whole database', callers: 1, operations: 1, warmups: quick ? 0 : 1, rounds: quick ? 1 : 5 },
  ],
  async prepare(context) {
    const { quick, rows = quick ? 100_000 : 1_000_000, log } = context;
    const bench = await context.openDatabase();
    await loadBusinesses(bench.loaderUrl, rows, log);
    const folder = await mkdtemp(join(tmpdir(), 'plinth-bench-backup-'));
    const store = join(folder, 'store');
    const tools = openBackupTools(bench, context, { BACKUP_DIR: store, BACKUP_RECIPIENT: recipient });
    const plain = join(folder, 'plain');
    const facts: Record<string, unknown> = {
      rows,
      server: bench.server,
      ours: 'the command as a process: one snapshot, zstd:3, age, counts and hashes of every table, catalog, globals, read back through pg_restore, synced to disk',
      theirs: 'pg_dump -Fd -j2 with its default gzip: no encryption, no counts, no check, not synced',
    };
    return {
      sides: [
        {
          name: 'plinth create',
          answer: async () => {
            const { id, storedBytes } = await tools.plinth(['create']);
            const shown = (await tools.plinth(['show', String(id)])) as {
              manifest: { content: { tables: { name: string; rows: number }[] } };
            };
            await rm(store, { recursive: true });
            facts.storedBytes = storedBytes;
            return {
              businesses: shown.manifest.content.tables.find(({ name }) => name === 'businesses')?.rows,
            };
          },
          run: async () => {
            const startedAt = performance.now();
            await tools.plinth(['create']);
            const ms = performance.now() - startedAt;
            await rm(store, { recursive: true });
            return ms;
          },
        },
        {
          name: 'pg_dump -Fd -j2',
          answer: async () => {
            await tools.tool('pg_dump', ['-Fd', '-j2', '-f', plain]);
            const businesses = await tools.countArchived(plain);
            facts.pgDumpBytes = await folderBytes(plain);
            await rm(plain, { recursive: true });
            return { businesses };
          },
          run: async () => {
            const startedAt = performance.now();
            await tools.tool('pg_dump', ['-Fd', '-j2', '-f', plain]);
            const ms = performance.now() - startedAt;
            await rm(plain, { recursive: true });
            return ms;
          },
        },
      ],
      facts,
      close: async () => {
        await rm(folder, { recursive: true, force: true });
        await bench.stop();
      },
    };
  },
};

async function folderBytes(folder: string): Promise<number> {
  const sizes = await Promise.all(
    (await readdir(folder)).map(async (name) => (await stat(join(folder, name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
