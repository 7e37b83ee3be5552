import { businesses, type Cursor, openDatabase } from '@plinth/db';
import type { BenchCase, Side, Size } from '../harness/bench-case.js';
import { businessList, businessProperties as properties } from '../harness/business-columns.js';
import { businessId, loadBusinesses, scatteredIndexes } from '../harness/business-rows.js';
import { withCallers } from '../harness/measure.js';
import { openPool } from '../harness/pool.js';

const pageSize = 20;
const pageSql = `SELECT ${businessList} FROM businesses
  WHERE deleted_at IS NULL AND status = $1 AND (created_at, id) > ($2, $3) ORDER BY created_at, id LIMIT ${pageSize}`;

/** Where a page begins: after this row, whose moment follows from its number. */
interface Start {
  id: string;
  createdAt: Date;
}

interface Reader {
  name: string;
  poolSize: number | undefined;
  page(after: Start): Promise<unknown[]>;
  close(): Promise<void>;
}

export const pageCase: BenchCase = {
  name: 'page',
  question:
    'how fast is a page of 20 living businesses of a status, by (created_at, id), from anywhere in the list?',
  grows: true,
  subject: 'plinth',
  sizes: (quick) => [
    { name: '1 caller', callers: 1, operations: quick ? 500 : 2_000, warmups: 2, rounds: quick ? 5 : 15 },
    {
      name: '32 callers',
      callers: 32,
      operations: quick ? 1_000 : 6_000,
      warmups: 2,
      rounds: quick ? 5 : 15,
    },
  ],
  async prepare({ quick, rows = quick ? 100_000 : 1_000_000, openDatabase: openBench, log }) {
    const bench = await openBench();
    await loadBusinesses(bench.loaderUrl, rows, log);
    const { config } = bench;
    const readers = [await openPlinth(config), openPg(config.url, config.poolMax), await openPrisma(config)];
    return {
      sides: readers.map((reader) => sideOf(reader, rows)),
      facts: {
        rows,
        pageSize,
        columns: properties.length,
        poolSize: config.poolMax,
        statement: pageSql,
        server: bench.server,
      },
      close: async () => {
        for (const reader of readers) await reader.close();
        await bench.stop();
      },
    };
  },
};

function sideOf({ name, poolSize, page }: Reader, rows: number): Side {
  const starts = scatteredIndexes(rows, 10_000).map((index) => ({
    id: businessId(index),
    createdAt: new Date(Date.UTC(2026, 0, 1) + index * 1_000),
  }));
  return {
    name,
    async answer() {
      await withCallers({ callers: 64, operations: 200 }, (index) => page(starts[index] as Start));
      const pages = await Promise.all(starts.slice(0, 20).map(page));
      const last = await page({
        id: businessId(rows - 1),
        createdAt: new Date(Date.UTC(2026, 0, 1) + (rows - 1) * 1_000),
      });
      return { poolSize, pages, last, bytes: JSON.stringify(pages).length };
    },
    run: (size: Size) => withCallers(size, (index) => page(starts[index] as Start)),
  };
}

/** Ours: the repository; it also tells where the next page begins. */
async function openPlinth(config: Parameters<typeof openDatabase>[0]): Promise<Reader> {
  const db = await openDatabase(config);
  return {
    name: 'plinth',
    poolSize: db.pool.options.max,
    async page({ id, createdAt }) {
      const after: Cursor = { sort: 'createdAt', value: createdAt.toISOString(), id };
      return (await businesses.list(db, { where: { status: 'active' }, after, select: properties })).rows;
    },
    close: () => db.close(),
  };
}

/** node-postgres by hand, with a named statement. */
function openPg(url: string, poolSize: number): Reader {
  const pool = openPool(url, poolSize);
  return {
    name: 'pg prepared',
    poolSize: pool.options.max,
    async page({ id, createdAt }) {
      return (
        await pool.query({ name: 'page', text: pageSql, values: ['active', createdAt.toISOString(), id] })
      ).rows;
    },
    close: () => pool.end(),
  };
}

/** Prisma's findMany, keyset-paged by its own conditions, the first of which gives the index its start. */
async function openPrisma(config: Parameters<typeof openDatabase>[0]): Promise<Reader> {
  const db = await openDatabase(config);
  const select = Object.fromEntries(properties.map((property) => [property, true]));
  return {
    name: 'prisma findMany',
    poolSize: db.pool.options.max,
    page: ({ id, createdAt }) =>
      db.prisma.business.findMany({
        where: {
          deletedAt: null,
          status: 'active',
          createdAt: { gte: createdAt },
          OR: [{ createdAt: { gt: createdAt } }, { createdAt, id: { gt: id } }],
        },
        orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
        take: pageSize,
        select,
      }),
    close: () => db.close(),
  };
}
