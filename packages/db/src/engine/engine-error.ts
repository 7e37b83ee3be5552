import { PlinthError } from '../errors.js';
import { takePanic } from './wasm.js';

/** A failure of the schema engine: `code` is Prisma's (P1001, P3018 ...) or `engine_failed` where it has none. */
export class EngineError extends PlinthError {
  readonly isPanic: boolean;

  constructor(code: string, message: string, options: { cause?: unknown; isPanic?: boolean } = {}) {
    super(code, message, options);
    this.name = 'EngineError';
    this.isPanic = options.isPanic ?? false;
  }
}

/** What our side knows about a failure and the engine does not pass through. */
export interface FailureContext {
  /** The script that failed during this call: its SQLSTATE and PostgreSQL's message with the place in the file. */
  readonly script: { readonly code: string; readonly message: string } | undefined;
  /** The error behind an `External error id#n`. */
  readonly external: (id: number) => unknown;
}

/** Words a failure as the native engine does, with PostgreSQL's message and without the engine's source lines. */
export function engineError(error: unknown, { script, external }: FailureContext): EngineError {
  const panic = takePanic(error);
  if (panic !== undefined) return new EngineError('engine_panicked', panic, { cause: error, isPanic: true });

  const { message: raw, code } = error as { message: string; code?: string };
  const id = /External error id#(\d+)/.exec(raw)?.[1];
  if (id !== undefined) return externalError(external(Number(id)) ?? error);

  const message = withoutTrace(raw);
  const migration = /migration_name="([^"]+)"/.exec(raw)?.[1];
  if (code === undefined && migration !== undefined) {
    return new EngineError(
      'P3018',
      'A migration failed to apply. New migrations cannot be applied before the error is recovered from. ' +
        'Read more about how to resolve migration issues in a production database: https://pris.ly/d/migrate-resolve\n\n' +
        `Migration name: ${migration}\n\nDatabase error code: ${script?.code ?? 'unknown'}\n\nDatabase error:\n${message}`,
      { cause: error },
    );
  }
  // P1xxx and P2xxx are words about models and queries, which leave PostgreSQL's out.
  if (script !== undefined && (code === undefined || !code.startsWith('P3'))) {
    return new EngineError('engine_failed', `ERROR: ${script.message}`, { cause: error });
  }
  return new EngineError(code ?? 'engine_failed', message, { cause: error });
}

function externalError(error: unknown): EngineError {
  if (error instanceof EngineError) return error;
  const { code, message, fix } = error as { code?: string; message?: string; fix?: string };
  const text = fix === undefined ? `${message}` : `${message}\n${fix}`;
  return new EngineError(code ?? 'engine_failed', text, { cause: error });
}

/** Drops the wrappers of errors from JavaScript and the list of source positions at the end. */
function withoutTrace(message: string): string {
  return message
    .replace(/^external connector error\n/m, '')
    .replace(/^Error querying the database: /m, '')
    .replace(/\n {3}0: [a-z_]+(?:::\w+)+[\s\S]*$/, '')
    .trimEnd();
}
