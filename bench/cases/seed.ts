import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { type Database, openDatabase, type Prisma, parseDatabaseConfig } from '@plinth/db';
import { seedBulk } from '@plinth/db/seed';
import type { BenchCase, Side } from '../harness/bench-case.js';

const run = promisify(execFile);

/** The columns that generated rows fill; the others keep their defaults on every side. */
const columns = [
  'id',
  'legal_name',
  'trade_name',
  'registration_number',
  'country',
  'legal_form',
  'industry_code',
  'email',
  'city',
  'employee_count',
  'annual_revenue_minor',
  'status',
  'risk_level',
  'compliance_status',
  'metadata',
  'created_at',
  'updated_at',
];
/** Rows per createMany: Prisma splits at the protocol's 65,535 parameters by itself, more only costs memory. */
const batchRows = 5_000;

export const seedCase: BenchCase = {
  name: 'seed',
  question:
    'how fast are businesses loaded, generation included, against psql \\copy from disk and createMany?',
  grows: true,
  subject: 'plinth seed bulk',
  sizes: () => [{ name: 'load', callers: 1, operations: 1, warmups: 0, rounds: 3 }],
  async prepare({ quick, rows = quick ? 20_000 : 1_000_000, openDatabase: openBench, log }) {
    const bench = await openBench();
    const database = await openDatabase(
      parseDatabaseConfig({ DATABASE_URL: bench.loaderUrl, DB_STATEMENT_TIMEOUT_MS: '0', DB_POOL_MIN: '0' }),
    );
    const folder = await mkdtemp(join(tmpdir(), 'plinth-bench-seed-'));
    const file = join(folder, 'businesses.copy');
    const firstFile = join(folder, 'first.copy');
    const first = rows / createManyShare(rows);
    const psql = (command: string) => run('psql', ['-X', '-q', '-d', bench.loaderUrl, '-c', command]);
    const list = columns.join(', ');

    log(`writing ${rows} generated businesses to disk`);
    await empty(database);
    await seedBulk(database, { counts: { businesses: rows } });
    const copyTo = (path: string, limit: number) =>
      psql(`\\copy (select ${list} from businesses order by id limit ${limit}) to '${path}'`);
    await copyTo(file, rows);
    await copyTo(firstFile, first);

    const bulk = (businesses: number) => timed(() => seedBulk(database, { counts: { businesses } }));
    const copy = (path: string) => timed(() => psql(`\\copy businesses (${list}) from '${path}'`));
    const load: Record<string, { some: () => Promise<number>; all: () => Promise<number> }> = {
      'plinth seed bulk': { some: () => bulk(first), all: () => bulk(rows) },
      'psql \\copy': { some: () => copy(firstFile), all: () => copy(file) },
      'prisma createMany': {
        some: () => createMany(database, firstFile),
        all: async () => (await createMany(database, firstFile)) * createManyShare(rows),
      },
    };
    const sides: Side[] = Object.entries(load).map(([name, { some, all }]) => ({
      name,
      async answer() {
        await empty(database);
        await some();
        return await fingerprint(database);
      },
      // Only loading counts: neither emptying the table nor reading the file into objects for createMany does.
      async run() {
        await empty(database);
        const ms = await all();
        log(`${name}: ${Math.round(ms)} ms`);
        return ms;
      },
    }));
    return {
      sides,
      facts: {
        rows,
        columns,
        indexes: await indexesOf(database),
        batchRows,
        compared: `the first ${first} rows of every side, value by value`,
        'prisma createMany': `loads ${first} rows, and is given ${createManyShare(rows)} times their time; more would take longer each, as the indexes grow`,
        server: bench.server,
      },
      close: async () => {
        await empty(database);
        await setAudit(database, 'enable');
        await database.close();
        await rm(folder, { recursive: true, force: true });
        await bench.stop();
      },
    };
  },
};

/** A million rows keep createMany busy for seven minutes a round. */
const createManyShare = (rows: number): number => (rows >= 100_000 ? 10 : 1);

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

/** The same beginning for every side: no rows, nothing to write back. */
async function empty(database: Database): Promise<void> {
  await database.none('truncate businesses cascade');
  await database.none("delete from plinth.seeded_ranges where table_name = 'businesses'");
  await setAudit(database, 'disable');
  await database.none('checkpoint');
}

/**
 * Our load writes one audit entry a chunk instead of one a row, and has the trigger on again after it; the rivals are to
 * do no more. Other cases want it back.
 */
async function setAudit(database: Database, verb: 'disable' | 'enable'): Promise<void> {
  await database.none(`alter table businesses ${verb} trigger businesses_audit`);
}

/** Count and digest of every column of every row. */
async function fingerprint(database: Database): Promise<object> {
  return await database.one(
    "select count(*)::int as rows, md5(string_agg(md5(b::text), '' order by id)) as digest from businesses b",
  );
}

async function indexesOf(database: Database): Promise<number> {
  const { n } = await database.one<{ n: number }>(
    "select count(*)::int as n from pg_indexes where tablename = 'businesses'",
  );
  return n;
}

/** Loads the file by createMany, batch by batch; answers the milliseconds spent in createMany. */
async function createMany(database: Database, file: string): Promise<number> {
  let ms = 0;
  let batch: Prisma.BusinessCreateManyInput[] = [];
  const flush = async () => {
    ms += await timed(() => database.prisma.business.createMany({ data: batch }));
    batch = [];
  };
  for await (const line of createInterface({ input: createReadStream(file) })) {
    batch.push(inputOf(line));
    if (batch.length === batchRows) await flush();
  }
  if (batch.length > 0) await flush();
  return ms;
}

/** A line of COPY text as Prisma takes it. */
function inputOf(line: string): Prisma.BusinessCreateManyInput {
  const values = line.split('\t');
  const named = Object.fromEntries(
    columns.map((column, index) => {
      const name = column.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
      return [name, values[index] === '\\N' ? null : values[index]];
    }),
  );
  return {
    ...(named as unknown as Prisma.BusinessCreateManyInput),
    employeeCount: Number(named.employeeCount),
    annualRevenueMinor: BigInt(named.annualRevenueMinor ?? 0),
    metadata: JSON.parse(named.metadata ?? '{}'),
    createdAt: new Date(named.createdAt ?? 0),
    updatedAt: new Date(named.updatedAt ?? 0),
  };
}
