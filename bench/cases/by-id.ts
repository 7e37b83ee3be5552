import { businesses as businessRepository, openDatabase } from '@plinth/db';
import { eq, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { integer, jsonb, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { type ColumnType, Kysely, PostgresDialect } from 'kysely';
import type { BenchCase, Side, Size } from '../harness/bench-case.js';
import {
  businessList,
  businessColumns as columns,
  businessProperties as properties,
} from '../harness/business-columns.js';
import { businessId, loadBusinesses, scatteredIndexes } from '../harness/business-rows.js';
import { withCallers } from '../harness/measure.js';
import { openPool } from '../harness/pool.js';

const byId = `SELECT ${businessList} FROM businesses WHERE id = $1`;
const poolWarmupReads = 200;

type Read = (id: string) => Promise<unknown>;
interface Reader {
  name: string;
  poolSize: number | undefined;
  read: Read;
  close(): Promise<void>;
}

export const byIdCase: BenchCase = {
  name: 'by-id',
  question: 'how fast is one business read by its id, against the rivals at equal pool size?',
  grows: true,
  subject: 'plinth',
  sizes: (quick) => [
    { name: '1 caller', callers: 1, operations: quick ? 1_000 : 4_000, warmups: 2, rounds: quick ? 5 : 15 },
    {
      name: '32 callers',
      callers: 32,
      operations: quick ? 4_000 : 16_000,
      warmups: 2,
      rounds: quick ? 5 : 15,
    },
  ],
  async prepare({ quick, rows = quick ? 100_000 : 1_000_000, openDatabase: openBench, log }) {
    const bench = await openBench();
    await loadBusinesses(bench.loaderUrl, rows, log);
    const { config } = bench;
    const readers: Reader[] = [
      await openPlinth(config),
      openPg(config.url, config.poolMax),
      await openPrisma(config),
      openKysely(config.url, config.poolMax),
      openDrizzle(config.url, config.poolMax),
    ];
    return {
      sides: readers.map((reader) => sideOf(reader, rows)),
      facts: {
        rows,
        columns: properties.length,
        poolSize: config.poolMax,
        statement: byId,
        server: bench.server,
      },
      close: async () => {
        for (const reader of readers) await reader.close();
        await bench.stop();
      },
    };
  },
};

function sideOf({ name, poolSize, read }: Reader, rows: number): Side {
  const ids = scatteredIndexes(rows, 20_000).map(businessId);
  return {
    name,
    async answer() {
      // Opens every connection of the pool, so that no side pays for connecting while it is timed.
      await withCallers({ callers: 64, operations: poolWarmupReads }, (index) => read(ids[index] as string));
      const found = await Promise.all(ids.slice(0, 50).map(read));
      const absent = await read(businessId(rows));
      return { poolSize, found, absent, bytes: JSON.stringify(found).length };
    },
    run: (size: Size) => withCallers(size, (index) => read(ids[index] as string)),
  };
}

/** Ours: the repository, which also leaves out what was softly deleted. */
async function openPlinth(config: Parameters<typeof openDatabase>[0]): Promise<Reader> {
  const db = await openDatabase(config);
  return {
    name: 'plinth',
    poolSize: db.pool.options.max,
    read: (id) => businessRepository.get(db, id, { select: properties }),
    close: () => db.close(),
  };
}

/** node-postgres by hand: a named statement is parsed and planned once per connection. */
function openPg(url: string, poolSize: number): Reader {
  const pool = openPool(url, poolSize);
  return {
    name: 'pg prepared',
    poolSize: pool.options.max,
    read: async (id) => (await pool.query({ name: 'by_id', text: byId, values: [id] })).rows[0] ?? null,
    close: () => pool.end(),
  };
}

/** Prisma's findUnique on the generated client, which batches the reads of one tick and names its statements. */
async function openPrisma(config: Parameters<typeof openDatabase>[0]): Promise<Reader> {
  const db = await openDatabase(config);
  const select = Object.fromEntries(properties.map((property) => [property, true]));
  return {
    name: 'prisma findUnique',
    poolSize: db.pool.options.max,
    read: (id) => db.prisma.business.findUnique({ where: { id }, select }),
    close: () => db.close(),
  };
}

type BusinessRow = Record<(typeof columns)[keyof typeof columns], ColumnType<unknown, string, string>>;

/** Kysely: the query is built and compiled once and executed with new parameters, as its recipe for reuse shows. */
function openKysely(url: string, poolSize: number): Reader {
  const pool = openPool(url, poolSize);
  const db = new Kysely<{ businesses: BusinessRow }>({ dialect: new PostgresDialect({ pool }) });
  const compiled = db
    .selectFrom('businesses')
    .select(properties.map((property) => `${columns[property]} as ${property}` as const))
    .where('id', '=', '')
    .compile();
  return {
    name: 'kysely compiled',
    poolSize: pool.options.max,
    read: async (id) => (await db.executeQuery({ ...compiled, parameters: [id] })).rows[0] ?? null,
    close: () => db.destroy(),
  };
}

const businesses = pgTable('businesses', {
  id: uuid('id').primaryKey(),
  legalName: text('legal_name').notNull(),
  tradeName: text('trade_name'),
  registrationNumber: text('registration_number').notNull(),
  country: text('country').notNull(),
  industryCode: text('industry_code'),
  email: text('email'),
  city: text('city'),
  employeeCount: integer('employee_count'),
  status: text('status').notNull(),
  riskLevel: text('risk_level').notNull(),
  metadata: jsonb('metadata').notNull(),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
  updatedAt: timestamp('updated_at', { withTimezone: true }).notNull(),
  version: integer('version').notNull(),
});

/** Drizzle: a prepared statement with a placeholder, as its page on performance advises. */
function openDrizzle(url: string, poolSize: number): Reader {
  const pool = openPool(url, poolSize);
  const prepared = drizzle({ client: pool })
    .select()
    .from(businesses)
    .where(eq(businesses.id, sql.placeholder('id')))
    .prepare('by_id');
  return {
    name: 'drizzle prepared',
    poolSize: pool.options.max,
    read: async (id) => (await prepared.execute({ id }))[0] ?? null,
    close: () => pool.end(),
  };
}
