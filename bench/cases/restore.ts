import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { urlFor, withClient } from '@plinth/db';
import { openBackupTools } from '../harness/backup-sides.js';
import type { BenchCase } from '../harness/bench-case.js';
import { loadBusinesses } from '../harness/business-rows.js';
import { openPhysicalBackup } from '../harness/physical-backup.js';

/** The key of age's own examples: it protects nothing. A passphrase would time scrypt instead of the restore. */
const identity = 'AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX';
const database = 'plinth_bench_restored';

export const restoreCase: BenchCase = {
  name: 'restore',
  question:
    'how long does it take until a backup is a database again, and how much longer until that is proven?',
  grows: true,
  subject: 'plinth restore',
  sizes: (quick) => [
    { name: 'whole database', callers: 1, operations: 1, warmups: quick ? 0 : 1, rounds: quick ? 1 : 5 },
  ],
  async prepare(context) {
    const { quick, rows = quick ? 100_000 : 1_000_000, log } = context;
    const bench = await context.openDatabase();
    await loadBusinesses(bench.loaderUrl, rows, log);
    const folder = await mkdtemp(join(tmpdir(), 'plinth-bench-restore-'));
    const tools = await openBackupTools(bench, context, {
      BACKUP_DIR: join(folder, 'store'),
      BACKUP_SECRET: identity,
    });
    const physical = await openPhysicalBackup(bench, context, folder);
    await tools.plinth(['create', '--encrypt-key', 'BACKUP_SECRET']);
    if (typeof physical !== 'string') await physical.create();
    const plain = join(folder, 'plain');
    await tools.tool('pg_dump', ['-Fd', '-j2', '-f', plain]);

    const drop = () => tools.tool('dropdb', ['--if-exists', '--force', database], 'postgres');
    const count = async (url = urlFor(bench.loaderUrl, database)) =>
      await withClient(url, async (client) => {
        const { rows: found } = await client.query(
          'SELECT count(*)::int AS businesses, sum(hashtextextended(t::text, 0)::numeric)::text AS hash FROM businesses t',
        );
        return found[0];
      });
    const restore = async () => {
      const { report } = (await tools.plinth([
        'restore',
        '--to',
        database,
        '--key-env',
        'BACKUP_SECRET',
      ])) as { report: { restoreMs: number } };
      return report.restoreMs;
    };
    const restorePlain = async () => {
      await tools.tool('createdb', ['--template=template0', database], 'postgres');
      await tools.tool('pg_restore', ['--exit-on-error', '-j2', '-d', database, plain], 'postgres');
      return undefined;
    };
    /** Times `work`, unless it answers its own milliseconds; dropping is nobody's time. */
    const side = (name: string, work: () => Promise<number | undefined>) => ({
      name,
      answer: async () => {
        await work();
        const found = await count();
        await drop();
        return found;
      },
      run: async () => {
        const startedAt = performance.now();
        const own = await work();
        const ms = own ?? performance.now() - startedAt;
        await drop();
        return ms;
      },
    });
    return {
      sides: [
        side('plinth restore', restore),
        side('pg_restore -j2', restorePlain),
        side('plinth restore, compared', async () => {
          await restore();
          return undefined;
        }),
        ...(typeof physical === 'string'
          ? []
          : [
              {
                name: 'pgBackRest restore',
                answer: () => physical.withRestored(count),
                run: () => physical.restore(),
              },
            ]),
      ],
      facts: {
        rows,
        'pgBackRest restore':
          typeof physical === 'string'
            ? `left out: ${physical}`
            : 'the cluster’s files decrypted and unpacked by two processes, synced, recovered from WAL, until the server answers; nothing compared',
        server: bench.server,
        'plinth restore':
          'from reading the set to the last object restored: checks, decryption, unpacking, pg_restore -j2',
        'plinth restore, compared':
          'the whole built command: also every count, hash, object and grant compared with the manifest, ANALYZE, rename',
      },
      close: async () => {
        await drop();
        await rm(folder, { recursive: true, force: true });
        await bench.stop();
      },
    };
  },
};
