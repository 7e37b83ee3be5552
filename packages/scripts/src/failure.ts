import { PlinthError, translateError } from '@plinth/db';
import { type ExitCode, exitCodeOf, exitCodes } from './exit-codes.js';

/** What a failed command says and ends with. */
export interface Failure {
  exitCode: ExitCode;
  error: { code: string; message: string; fix?: string };
  /** Where an unexpected error came from; undefined for expected ones. */
  stack: string | undefined;
}

/** Thrown to end a command with an exit code of its own after its answer has been printed (drift, warnings). */
export class ExitWith extends Error {
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode) {
    super(`exit ${exitCode}`);
    this.exitCode = exitCode;
  }
}

/** Refuses an action because of a guard: exit code 24. */
export function refusal(message: string, fix: string): PlinthError {
  return new PlinthError('refused', message, { fix });
}

/** What helps with most failures of a code or, failing that, of a kind; an error's own sentence goes before it. */
const fixOf: Record<string, string> = {
  permission: '`plinth validate` says which login lacks what, and what grants it',
  auth_failed:
    'check user and password of the URL it connects by, DATABASE_URL unless the command names another; `@ : / # %` in a password are written %40 %3A %2F %23 %25',
};
const usualFix: Partial<Record<ExitCode, string>> = {
  [exitCodes.cannotConnect]:
    'check DATABASE_URL and that its server runs; without DATABASE_URL, `plinth db start` shows what is wrong',
  [exitCodes.locked]: 'end the session that holds the lock, or try again later',
};

/** Turns whatever was thrown into words and an exit code. */
export function describeFailure(thrown: unknown): Failure {
  const error = translateError(thrown);
  if (error instanceof PlinthError) {
    const { code, message, fix = fixOf[error.code] ?? usualFix[exitCodeOf(error.code)] } = error;
    return {
      exitCode: exitCodeOf(code),
      error: { code, message, ...(fix ? { fix } : {}) },
      stack: undefined,
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  const stack = error instanceof Error ? error.stack : undefined;
  return { exitCode: exitCodes.failed, error: { code: 'failed', message: lowerFirst(message) }, stack };
}

const lowerFirst = (text: string): string => text.slice(0, 1).toLowerCase() + text.slice(1);
