import { type Actor, openDatabase, userArtistBlocks } from '@plinth/db';
import type pg from 'pg';
import type { BenchCase, Side, Size } from '../harness/bench-case.js';
import { blockId, blocksPerUser, loadBlocks, userId } from '../harness/block-rows.js';
import { scatteredIndexes } from '../harness/business-rows.js';
import { withCallers } from '../harness/measure.js';
import { openPool } from '../harness/pool.js';

const columns = `id, user_id AS "userId", artist_id AS "artistId", tags, note, created_at AS "createdAt",
  updated_at AS "updatedAt", created_by AS "createdBy", updated_by AS "updatedBy", version`;
const byId = `SELECT ${columns} FROM user_artist_blocks WHERE id = $1`;
const page = `SELECT ${columns} FROM user_artist_blocks WHERE user_id = $1 ORDER BY created_at, id LIMIT 20`;
const setActor =
  "SELECT set_config('app.user_id', $1, true), set_config('app.actor_type', 'user', true), set_config('app.actor_id', $1, true), set_config('app.request_id', '', true)";

interface Reader {
  name: string;
  poolSize: number | undefined;
  /** One block of a user by its id, then the user's first page: as an app would, each in its own transaction. */
  read(user: string, block: string): Promise<[unknown, unknown[]]>;
  close(): Promise<void>;
}

export const ownerRowsCase: BenchCase = {
  name: 'owner-rows',
  question:
    "what do a user's own rows cost under row security (by id, then a page of 20, each in a transaction)?",
  grows: true,
  subject: 'plinth',
  sizes: (quick) => [
    { name: '1 caller', callers: 1, operations: quick ? 300 : 1_000, warmups: 2, rounds: quick ? 5 : 15 },
    { name: '32 callers', callers: 32, operations: quick ? 600 : 3_000, warmups: 2, rounds: quick ? 5 : 15 },
  ],
  async prepare({ quick, rows = quick ? 100_000 : 1_000_000, openDatabase: openBench, log }) {
    const bench = await openBench();
    await loadBlocks(bench.loaderUrl, { users: rows / blocksPerUser, perUser: blocksPerUser }, log);
    const { config } = bench;
    const readers = [await openPlinth(config), openPg(config.url, config.poolMax), await openPrisma(config)];
    return {
      sides: readers.map((reader) => sideOf(reader, rows)),
      facts: {
        rows,
        blocksPerUser,
        poolSize: config.poolMax,
        statements: [setActor, byId, page],
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
  const users = rows / blocksPerUser;
  const blocks = scatteredIndexes(rows, 5_000);
  const readOne = (index: number, owner = index % users) => read(userId(owner), blockId(index));
  return {
    name,
    async answer() {
      await withCallers({ callers: 64, operations: 200 }, (index) => readOne(blocks[index] as number));
      const found = await Promise.all(blocks.slice(0, 20).map((index) => readOne(index)));
      const foreign = (await readOne(0, 1))[0];
      return { poolSize, found, foreign, bytes: JSON.stringify(found).length };
    },
    run: (size: Size) => withCallers(size, (index) => readOne(blocks[index] as number)),
  };
}

/** Ours: the repository through a handle bound to the user. */
async function openPlinth(config: Parameters<typeof openDatabase>[0]): Promise<Reader> {
  const db = await openDatabase(config);
  return {
    name: 'plinth',
    poolSize: db.pool.options.max,
    async read(user, block) {
      const actor: Actor = { type: 'user', userId: user };
      const mine = db.as(actor);
      const one = await userArtistBlocks.get(mine, block);
      return [one, (await userArtistBlocks.list(mine, { where: { userId: user } })).rows];
    },
    close: () => db.close(),
  };
}

/** node-postgres by hand: BEGIN, set_config, the query and COMMIT, with named statements. */
function openPg(url: string, poolSize: number): Reader {
  const pool = openPool(url, poolSize);
  const inTransaction = async (user: string, query: pg.QueryConfig) => {
    const client = await pool.connect();
    try {
      await client.query('BEGIN');
      await client.query({ name: 'set_actor', text: setActor, values: [user] });
      const { rows } = await client.query(query);
      await client.query('COMMIT');
      return rows;
    } catch (error) {
      await client.query('ROLLBACK');
      throw error;
    } finally {
      client.release();
    }
  };
  return {
    name: 'pg in a transaction',
    poolSize: pool.options.max,
    async read(user, block) {
      const [one] = await inTransaction(user, { name: 'by_id', text: byId, values: [block] });
      return [one ?? null, await inTransaction(user, { name: 'page', text: page, values: [user] })];
    },
    close: () => pool.end(),
  };
}

/** Prisma in an interactive transaction, as row security needs it. */
async function openPrisma(config: Parameters<typeof openDatabase>[0]): Promise<Reader> {
  const db = await openDatabase(config);
  return {
    name: 'prisma in a transaction',
    poolSize: db.pool.options.max,
    async read(user, block) {
      const actor: Actor = { type: 'user', userId: user };
      const one = await db.withActor(actor, (tx) => tx.userArtistBlock.findUnique({ where: { id: block } }));
      const rows = await db.withActor(actor, (tx) =>
        tx.userArtistBlock.findMany({
          where: { userId: user },
          orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
          take: 20,
        }),
      );
      return [one, rows];
    },
    close: () => db.close(),
  };
}
