import type {
  DriverAdapterError,
  SqlDriverAdapter,
  SqlQuery,
  SqlResultSet,
  Transaction,
} from '@prisma/driver-adapter-utils';
import type pg from 'pg';
import { queryError } from './connection-error.js';
import { pollAdvisoryLock, requestedLock } from './lock.js';
import { runScriptAtomically } from './script.js';
import { scriptError } from './script-error.js';
import { columnTypeOf, parserOf } from './values.js';

const info = { provider: 'postgres', adapterName: 'plinth-schema-engine' } as const;

export interface AdapterOptions {
  readonly schema: string;
  /** Called once, when the engine is done with the connection. */
  readonly onDispose: () => Promise<void>;
  /** Told of each failed script, in the words meant for a person. */
  readonly onScriptError?: (error: DriverAdapterError) => void;
  /** Runs a whole script; the default sends it as one simple query. */
  readonly runScript?: (client: pg.Client, script: string) => Promise<void>;
}

/** The schema engine's view of one session: queries, whole scripts, transactions. */
export function createAdapter(client: pg.Client, options: AdapterOptions): SqlDriverAdapter {
  let disposed = false;
  client.once('end', () => {
    disposed = true;
  });
  const runScript = options.runScript ?? runScriptAtomically;

  const query = async (sql: string, args: readonly unknown[]) => {
    const key = requestedLock(sql);
    if (key !== undefined) await pollAdvisoryLock(client, key, () => disposed);
    // Once held, taking it again only counts up within this session, and gives the engine the row it expects.
    return client.query<unknown[]>({
      text: sql,
      values: args.map(toParameter),
      rowMode: 'array',
      types: { getTypeParser: parserOf as typeof pg.types.getTypeParser },
    });
  };
  const queryRaw = async ({ sql, args }: SqlQuery): Promise<SqlResultSet> => {
    const { fields, rows } = await query(sql, args).catch(rethrow);
    return {
      columnNames: fields.map((field) => field.name),
      columnTypes: fields.map((field) => columnTypeOf(field.dataTypeID)),
      rows,
    };
  };
  const executeRaw = async ({ sql, args }: SqlQuery) => {
    const { rowCount } = await query(sql, args).catch((error) => {
      // `db execute` comes this way, unlike a migration.
      if (args.length === 0) options.onScriptError?.(scriptError(error, sql));
      throw queryError(error);
    });
    return rowCount ?? 0;
  };

  return {
    ...info,
    queryRaw,
    executeRaw,
    executeScript: (script) =>
      runScript(client, script).catch((error) => {
        options.onScriptError?.(error);
        throw error;
      }),
    startTransaction: async () => {
      await client.query('BEGIN').catch(rethrow);
      // The engine sends COMMIT and ROLLBACK itself when it is told not to use phantom queries.
      const end = async () => {};
      return {
        ...info,
        options: { usePhantomQuery: false },
        queryRaw,
        executeRaw,
        commit: end,
        rollback: end,
      } satisfies Transaction;
    },
    getConnectionInfo: () => ({ schemaName: options.schema, supportsRelationJoins: true }),
    dispose: async () => {
      if (disposed) return;
      disposed = true;
      await options.onDispose();
    },
  };
}

function toParameter(value: unknown): unknown {
  return ArrayBuffer.isView(value) ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value;
}

function rethrow(error: unknown): never {
  throw queryError(error);
}
