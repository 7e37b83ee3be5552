import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { ResetInput, SchemaEngine } from '@prisma/schema-engine-wasm';
import { createDatabase } from './database.js';
import type { Engine } from './engine.js';
import { EngineError } from './engine-error.js';
import { parseEngineUrl } from './target.js';

interface Request {
  readonly id: number;
  readonly method?: string;
  readonly params?: unknown;
}

/** Prisma's method names that the WebAssembly engine shares. */
const methods = [
  'applyMigrations',
  'createMigration',
  'dbExecute',
  'debugPanic',
  'devDiagnostic',
  'diagnoseMigrationHistory',
  'diff',
  'ensureConnectionValidity',
  'evaluateDataLoss',
  'introspect',
  'introspectSql',
  'markMigrationApplied',
  'markMigrationRolledBack',
  'schemaPush',
] as const satisfies ReadonlyArray<keyof SchemaEngine>;

/**
 * Serves JSON-RPC, one message per line, until the input closes. Calls run one after another, as in the native engine.
 * https://github.com/prisma/prisma-engines/tree/main/schema-engine/json-rpc-api
 */
export async function serveRpc(engine: Engine, input: Readable, output: Writable): Promise<void> {
  const send = (message: object) => output.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  let nextPrintId = 1;
  const print = (content: string) => send({ id: nextPrintId++, method: 'print', params: { content } });

  const answer = async (request: Request) => {
    try {
      const result = await dispatch(engine, request, print);
      send({ id: request.id, result: result ?? {} });
    } catch (error) {
      send({ id: request.id, error: rpcError(error) });
    }
  };
  let last: Promise<void> = Promise.resolve();
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  lines.on('line', (line) => {
    const request = parseRequest(line);
    // Prisma's answers to our own print calls have no method.
    if (request?.method === undefined) return;
    last = last.then(() => answer(request));
  });
  // Not waiting for the call in flight: whoever asked is gone, and closing the connections ends it.
  await new Promise((closed) => lines.once('close', closed));
}

async function dispatch(
  engine: Engine,
  request: Request,
  print: (content: string) => void,
): Promise<unknown> {
  const { method, params } = request;
  if (method === 'getDatabaseVersion') return engine.call((it) => it.version(null));
  if (method === 'createDatabase') {
    const { url } = (params as { datasource: { url: string } }).datasource;
    return { databaseName: await createDatabase(parseEngineUrl(url)) };
  }
  if (method === 'reset') return engine.reset(params as ResetInput);
  const known = methods.find((name) => name === method);
  if (known === undefined)
    throw new EngineError('unknown_method', `the schema engine has no method ${method}`);
  const result = await engine.call(async (it) => it[known](params as never) as unknown);
  if (known !== 'diff') return result;
  // Prisma prints what the engine asks it to print, not what it answers.
  const { exitCode, stdout } = result as { exitCode: number; stdout: string | null };
  if (stdout !== null) print(stdout.replace(/\n$/, ''));
  return { exitCode, stdout: null };
}

function parseRequest(line: string): Request | undefined {
  try {
    return JSON.parse(line) as Request;
  } catch {
    return undefined;
  }
}

/** 4466 is the native engine's number for an error that is meant for the user. */
function rpcError(error: unknown): object {
  const { code, message, isPanic = false } = error as EngineError;
  const known = /^P\d{4}$/.test(code);
  return {
    code: 4466,
    message: 'An error happened. Check the data field for details.',
    data: { is_panic: isPanic, message, ...(known ? { error_code: code, meta: {} } : {}) },
  };
}
