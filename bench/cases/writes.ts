import { type Actor, businesses, openDatabase, withClient } from '@plinth/db';
import type { BenchCase, Side, Size } from '../harness/bench-case.js';
import { businessList, businessProperties as properties } from '../harness/business-columns.js';
import { businessId, loadBusinesses } from '../harness/business-rows.js';
import { withCallers } from '../harness/measure.js';
import { openPool } from '../harness/pool.js';

const update = `UPDATE businesses SET city = $3, updated_by = $4 WHERE id = $1 AND version = $2 RETURNING ${businessList}`;
const setActor =
  "SELECT set_config('app.user_id', $1, true), set_config('app.actor_type', 'user', true), set_config('app.actor_id', $1, true), set_config('app.request_id', '', true)";
const actor: Actor = { type: 'user', userId: '00000000-0000-7000-8000-000000000001' };
/** Rows that each side changes; sides keep to their own, so that none waits for another. */
const rowsPerSide = 20_000;

interface Writer {
  name: string;
  poolSize: number | undefined;
  /** Changes the city if the row still has this version; answers the row. */
  write(id: string, version: number, city: string): Promise<unknown>;
  close(): Promise<void>;
}

export const writesCase: BenchCase = {
  name: 'writes',
  question: "what does an audited update guarded by the row's version cost, as a user, durable on disk?",
  grows: true,
  subject: 'plinth',
  sizes: (quick) => [
    { name: '1 caller', callers: 1, operations: quick ? 200 : 600, warmups: 1, rounds: quick ? 5 : 11 },
    { name: '32 callers', callers: 32, operations: quick ? 600 : 3_000, warmups: 1, rounds: quick ? 5 : 11 },
  ],
  async prepare({ quick, rows = quick ? 100_000 : 1_000_000, openDatabase: openBench, log }) {
    const bench = await openBench();
    await loadBusinesses(bench.loaderUrl, rows, log);
    const { config } = bench;
    const writers = [await openPlinth(config), openPg(config.url, config.poolMax), await openPrisma(config)];
    const perSide = Math.min(rowsPerSide, Math.floor(rows / 4));
    await resetRows(bench.loaderUrl, writers.length * perSide + 1);
    await withClient(bench.loaderUrl, (client) => client.query('VACUUM (ANALYZE) businesses'));
    return {
      sides: writers.map((writer, index) => sideOf(writer, index * perSide + 1, perSide, bench.loaderUrl)),
      facts: {
        rows,
        columns: properties.length,
        poolSize: config.poolMax,
        statements: [setActor, update],
        server: bench.server,
      },
      close: async () => {
        for (const writer of writers) await writer.close();
        await bench.stop();
      },
    };
  },
};

/** Sets the first rows back to version 1, past triggers and audit. */
async function resetRows(url: string, count: number): Promise<void> {
  await withClient(url, async (client) => {
    await client.query('SET session_replication_role = replica');
    await client.query(
      "UPDATE businesses SET version = 1, city = 'Berlin', updated_by = NULL WHERE id < $1",
      [businessId(count)],
    );
  });
}

async function countAudited(url: string, id: string): Promise<number> {
  return await withClient(url, async (client) => {
    const { rows } = await client.query<{ n: number }>(
      "SELECT count(*)::int AS n FROM audit.audit_log WHERE entity = 'businesses' AND entity_id = $1",
      [id],
    );
    return rows[0]?.n ?? 0;
  });
}

function sideOf({ name, poolSize, write }: Writer, first: number, count: number, loaderUrl: string): Side {
  const versions = new Map<number, number>();
  let next = 0;
  const writeNext = async () => {
    const row = first + (next++ % count);
    const version = versions.get(row) ?? 1;
    versions.set(row, version + 1);
    await write(businessId(row), version, `City ${version}`);
  };
  return {
    name,
    async answer() {
      await withCallers({ callers: 64, operations: 200 }, writeNext);
      // Row 0 belongs to nobody: every side makes the same change of the same row.
      await resetRows(loaderUrl, 1);
      const before = await countAudited(loaderUrl, businessId(0));
      const row = (await write(businessId(0), 1, 'Leeds')) as Record<string, unknown>;
      const audited = (await countAudited(loaderUrl, businessId(0))) - before;
      if (audited !== 1)
        throw new Error(
          `a change left ${audited} rows in the audit log; fix: alter table businesses enable trigger businesses_audit`,
        );
      const written = Object.fromEntries(properties.map((property) => [property, row[property]]));
      return { poolSize, audited, written: { ...written, updatedAt: row.updatedAt instanceof Date } };
    },
    run: (size: Size) => withCallers(size, writeNext),
  };
}

/** Ours: the repository through a handle bound to the user; a missed version would throw. */
async function openPlinth(config: Parameters<typeof openDatabase>[0]): Promise<Writer> {
  const db = await openDatabase(config);
  const mine = db.as(actor);
  return {
    name: 'plinth',
    poolSize: db.pool.options.max,
    write: (id, version, city) => businesses.update(mine, id, { city }, version),
    close: () => db.close(),
  };
}

/** node-postgres by hand: BEGIN, set_config, the update and COMMIT, with named statements. */
function openPg(url: string, poolSize: number): Writer {
  const pool = openPool(url, poolSize);
  return {
    name: 'pg in a transaction',
    poolSize: pool.options.max,
    async write(id, version, city) {
      const client = await pool.connect();
      try {
        await client.query('BEGIN');
        await client.query({ name: 'set_actor', text: setActor, values: [actor.userId] });
        const { rows } = await client.query({
          name: 'update',
          text: update,
          values: [id, version, city, actor.userId],
        });
        await client.query('COMMIT');
        if (rows.length === 0) throw new Error(`${id} no longer has version ${version}`);
        return rows[0];
      } catch (error) {
        await client.query('ROLLBACK');
        throw error;
      } finally {
        client.release();
      }
    },
    close: () => pool.end(),
  };
}

/** Prisma in an interactive transaction, with the version in the where. */
async function openPrisma(config: Parameters<typeof openDatabase>[0]): Promise<Writer> {
  const db = await openDatabase(config);
  const select = Object.fromEntries(properties.map((property) => [property, true]));
  return {
    name: 'prisma in a transaction',
    poolSize: db.pool.options.max,
    write: (id, version, city) =>
      db.withActor(actor, (tx) =>
        tx.business.update({
          where: { id, version },
          data: { city, updatedBy: actor.userId as string },
          select,
        }),
      ),
    close: () => db.close(),
  };
}
