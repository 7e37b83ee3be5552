import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { withClient } from '@plinth/db';
import { openBackupTools } from '../harness/backup-sides.js';
import type { BenchCase } from '../harness/bench-case.js';
import { loadBusinesses } from '../harness/business-rows.js';
import { folderBytes } from '../harness/folder-bytes.js';
import { openPhysicalBackup } from '../harness/physical-backup.js';
import { quantile } from '../harness/statistics.js';

/** A public key whose secret nobody kept: this case only encrypts. */
const recipient = 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p';

export const backupCase: BenchCase = {
  name: 'backup',
  question:
    'how long does a backup take: compressed, encrypted, hashed row by row and read back, against pg_dump alone?',
  grows: true,
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
    const tools = await openBackupTools(bench, context, { BACKUP_DIR: store, BACKUP_RECIPIENT: recipient });
    const physical = await openPhysicalBackup(bench, context, folder);
    const plain = join(folder, 'plain');
    const facts: Record<string, unknown> = {
      rows,
      server: bench.server,
      ours: 'the built command as a process: one snapshot, zstd:3, age, counts and hashes of every table, catalog, globals, read back through pg_restore, synced to disk',
      theirs: 'pg_dump -Fd -j2 with its default gzip: no encryption, no counts, no check, not synced',
      pgBackRest:
        typeof physical === 'string'
          ? `left out: ${physical}`
          : 'full backup of the cluster’s files, two processes, zstd, AES-256-CBC: the physical reference',
    };
    const meter = createBusyMeter(facts);
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
            await meter.around('plinth create', () => tools.plinth(['create']));
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
            // The faster one shall not be so by compressing less.
            if (Number(facts.storedBytes) >= Number(facts.pgDumpBytes))
              throw new Error(`the set has ${facts.storedBytes} bytes, pg_dump's ${facts.pgDumpBytes}`);
            await rm(plain, { recursive: true });
            return { businesses };
          },
          run: async () => {
            const startedAt = performance.now();
            await meter.around('pg_dump', () => tools.tool('pg_dump', ['-Fd', '-j2', '-f', plain]));
            const ms = performance.now() - startedAt;
            await rm(plain, { recursive: true });
            return ms;
          },
        },
        ...(typeof physical === 'string'
          ? []
          : [
              {
                name: 'pgBackRest full',
                answer: async () => {
                  await physical.create();
                  facts.pgBackRestBytes = await physical.repositoryBytes();
                  return await physical.withRestored((url) =>
                    withClient(url, async (client) => {
                      const { rows: found } = await client.query<{ businesses: number }>(
                        'SELECT count(*)::int AS businesses FROM businesses',
                      );
                      return found[0];
                    }),
                  );
                },
                run: () => meter.around('pgBackRest', () => physical.create()),
              },
            ]),
      ],
      facts,
      close: async () => {
        await rm(folder, { recursive: true, force: true });
        await bench.stop();
      },
    };
  },
};

/** Writes into the facts for how long each side kept the machine's cores busy: on few cores that is what limits it. */
function createBusyMeter(facts: Record<string, unknown>) {
  const seconds = new Map<string, number[]>();
  const busy = () => {
    const cores = cpus().map(({ times: { user, nice, sys, irq } }) => user + nice + sys + irq);
    return cores.reduce((sum, ms) => sum + ms, 0) / 1_000;
  };
  return {
    async around<T>(side: string, work: () => Promise<T>): Promise<T> {
      const before = busy();
      const done = await work();
      seconds.set(side, [...(seconds.get(side) ?? []), busy() - before]);
      const each = [...seconds].map(([name, values]) => `${name} ${quantile(values, 0.5).toFixed(1)} s`);
      facts.summary = [`Processor time, of the server's processes too: ${each.join(', ')}.`];
      return done;
    },
  };
}
