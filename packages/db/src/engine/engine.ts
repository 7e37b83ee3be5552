import { bindMigrationAwareSqlAdapterFactory, type SqlDriverAdapter } from '@prisma/driver-adapter-utils';
import type { ResetInput, SchemaEngine } from '@prisma/schema-engine-wasm';
import { createAdapter } from './adapter.js';
import { connectionError } from './connection-error.js';
import { EngineError, engineError, type FailureContext } from './engine-error.js';
import { readSchemaPrivileges, restoreSchemaPrivileges } from './schema-privileges.js';
import { openSession } from './session.js';
import { openProvidedShadow, openShadow } from './shadow.js';
import type { EngineTarget } from './target.js';
import { loadEngine } from './wasm.js';

export interface EngineOptions {
  /** Undefined for work that needs no database, such as a diff between two schemas. */
  readonly target: EngineTarget | undefined;
  /** A shadow database of the user's own; without it one is created and dropped for each use. */
  readonly shadowTarget?: EngineTarget | undefined;
  /** Schema files as [path, content]. */
  readonly datamodels?: ReadonlyArray<readonly [string, string]>;
  readonly log?: (line: string) => void;
}

export interface Engine {
  /** Runs one of the engine's methods. Throws `EngineError` with Prisma's code where the failure has one. */
  call<T>(run: (engine: SchemaEngine) => Promise<T>): Promise<T>;
  /** Empties the database as Prisma does, and keeps what roles were granted on its schemas. */
  reset(input: ResetInput): Promise<void>;
  /** Closes every connection and drops every shadow database that is still there. */
  close(): Promise<void>;
}

/** Starts the schema engine in this process over connections of our own. */
export function createEngine(options: EngineOptions): Engine {
  const mains = new Set<SqlDriverAdapter>();
  const shadows = new Set<SqlDriverAdapter>();
  let started: Promise<SchemaEngine> | undefined;
  let failedScript: FailureContext['script'];

  const needTarget = (): EngineTarget => {
    if (options.target !== undefined) return options.target;
    throw new EngineError(
      'P1012',
      'no database url is configured: set DATABASE_URL, or datasource.url in prisma.config.ts',
    );
  };
  const connect = async (): Promise<SqlDriverAdapter> => {
    const target = needTarget();
    const client = await openSession(target).catch((error) => {
      throw connectionError(error, target);
    });
    const adapter = createAdapter(client, {
      schema: target.schema,
      onScriptError: ({ cause }) => {
        failedScript = { code: cause.originalCode ?? '', message: (cause as { message: string }).message };
      },
      onDispose: async () => {
        mains.delete(adapter);
        await client.end();
      },
    });
    mains.add(adapter);
    return adapter;
  };
  const connectToShadowDb = async (): Promise<SqlDriverAdapter> => {
    const target = needTarget();
    const adapter = await (options.shadowTarget === undefined
      ? openShadow(target)
      : openProvidedShadow(target, options.shadowTarget));
    shadows.add(adapter);
    return adapter;
  };
  const factory = bindMigrationAwareSqlAdapterFactory({
    provider: 'postgres',
    adapterName: 'plinth-schema-engine',
    connect,
    connectToShadowDb,
  });
  const start = async (): Promise<SchemaEngine> => {
    const { SchemaEngine } = await loadEngine();
    const files = options.datamodels ?? [];
    // The engine panics on an empty list.
    const datamodels =
      files.length === 0 ? undefined : files.map(([path, content]): [string, string] => [path, content]);
    return SchemaEngine.new({ datamodels }, (line: string) => options.log?.(line), factory);
  };
  const closeAll = async (adapters: Set<SqlDriverAdapter>) => {
    await Promise.allSettled([...adapters].map((adapter) => adapter.dispose()));
    adapters.clear();
  };

  const engine: Engine = {
    async call(run) {
      failedScript = undefined;
      try {
        // A refused connection must not be the answer to every later call.
        started ??= start().catch((error) => {
          started = undefined;
          throw error;
        });
        return await run(await started);
      } catch (error) {
        const failure = engineError(error, {
          script: failedScript,
          external: (id) => factory.errorRegistry.consumeError(id)?.error,
        });
        if (failure.isPanic) started = undefined;
        throw failure;
      } finally {
        // The engine drops its shadow after a success only.
        await closeAll(shadows);
      }
    },
    async reset(input) {
      const target = needTarget();
      const client = await openSession(target).catch((error) => {
        throw connectionError(error, target);
      });
      try {
        const privileges = await readSchemaPrivileges(client);
        await engine.call((it) => it.reset(input));
        await restoreSchemaPrivileges(client, privileges);
      } finally {
        await client.end();
      }
    },
    async close() {
      await Promise.all([closeAll(shadows), closeAll(mains)]);
    },
  };
  return engine;
}
