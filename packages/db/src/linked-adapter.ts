import { PrismaPg } from '@prisma/adapter-pg';
import type {
  Transaction as AdapterTransaction,
  IsolationLevel,
  SqlDriverAdapter,
  SqlDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import type pg from 'pg';
import type { Actor } from './actor.js';
import { actorSettings, SET_ACTOR } from './actor.js';
import { DatabaseError, swallowedFailure } from './errors.js';
import type { DatabasePool } from './pool.js';
import { statementName } from './sql.js';

/** Never sent to the server: it tells the adapter which transaction asks for its connection. */
const LINK = '-- plinth: the connection of this transaction';

interface Linked {
  client: pg.PoolClient;
}

/** Prisma over our pool, and the way to find out on which connection one of its transactions runs. */
export interface LinkedAdapter {
  factory: SqlDriverAdapterFactory;
  /**
   * The connection of a Prisma transaction, so that SQL can run in it too. Asked by a statement through the
   * transaction itself, not by AsyncLocalStorage: the answer cannot be that of another transaction.
   */
  clientOf(
    tx: { $executeRawUnsafe(text: string, ...values: unknown[]): Promise<number> },
    actor?: Actor,
  ): Promise<pg.PoolClient>;
}

/** Wraps Prisma's adapter for pg. */
export function createLinkedAdapter(pool: DatabasePool): LinkedAdapter {
  const links = new Map<string, Linked>();
  let lastToken = 0;

  const inner = new PrismaPg(pool, { statementNameGenerator: ({ sql }) => statementName(sql) ?? '' });

  function link(tx: AdapterTransaction): AdapterTransaction {
    const { client } = tx as unknown as Linked;
    const execute = tx.executeRaw.bind(tx);
    tx.executeRaw = async (query) => {
      if (query.sql === LINK) {
        links.set(String(query.args[0]), { client });
        return 0;
      }
      // PostgreSQL answers COMMIT of a failed transaction with ROLLBACK, which looks like success.
      const answer = query.sql === 'COMMIT' ? listenForTag(client) : undefined;
      const done = execute(query).then((count) => {
        if (answer?.() === 'ROLLBACK') throw swallowedFailure();
        return count;
      });
      return done.catch((error: unknown) => {
        pool.noteFailure(error);
        throw error;
      });
    };
    const ask = tx.queryRaw.bind(tx);
    tx.queryRaw = (query) =>
      ask(query).catch((error: unknown) => {
        pool.noteFailure(error);
        throw error;
      });
    return tx;
  }

  async function connect(): Promise<SqlDriverAdapter> {
    const adapter = await inner.connect();
    const start = adapter.startTransaction.bind(adapter);
    adapter.startTransaction = async (level?: IsolationLevel) => link(await start(level));
    return adapter;
  }

  return {
    factory: { provider: inner.provider, adapterName: inner.adapterName, connect },
    async clientOf(tx, actor) {
      const token = String(++lastToken);
      await tx.$executeRawUnsafe(LINK, token);
      const linked = links.get(token);
      links.delete(token);
      if (linked === undefined)
        throw new DatabaseError('internal', { fix: 'this is not a Prisma transaction of this database' });
      if (actor)
        await linked.client.query({
          text: SET_ACTOR,
          name: statementName(SET_ACTOR) ?? '',
          values: actorSettings(actor),
        });
      return linked.client;
    },
  };
}

/** Reads the command tag of the next statement on a connection, which the adapter does not hand on. */
function listenForTag(client: pg.PoolClient): () => string | undefined {
  let tag: string | undefined;
  const { connection } = client as unknown as { connection: NodeJS.EventEmitter };
  connection.once('commandComplete', ({ text }: { text: string }) => {
    tag = text;
  });
  return () => tag;
}
