import type { FieldCipher } from '../crypto/field-cipher.js';
import type { Database } from '../database.js';
import { PlinthError } from '../errors.js';
import type { Outbound } from '../outbound/outbound.js';

/** What a task works with. */
export interface TaskContext {
  /** Open as plinth_worker. */
  database: Database;
  cipher: FieldCipher;
  outbound: Outbound;
  /** Aborts when the worker is being stopped and has waited long enough. */
  signal: AbortSignal;
  /** A line for the worker's log; never values of rows. */
  log: (message: string) => void;
  job: { id: string; attempts: number };
}

/**
 * One kind of background job. A job runs at least once: again after a failure, and again after a worker that was killed
 * in the middle of it. `run` is therefore written so that a second run changes nothing that the first one did.
 */
export interface Task {
  readonly name: string;
  /** Throws `payload_invalid` for a payload of another shape. */
  run(payload: unknown, context: TaskContext): Promise<void>;
}

/** Makes a task whose `run` gets what `parse` made of the payload. */
export function defineTask<P>(task: {
  name: string;
  parse: (payload: unknown) => P;
  run: (payload: P, context: TaskContext) => Promise<void>;
}): Task {
  return { name: task.name, run: async (payload, context) => task.run(task.parse(payload), context) };
}

/** For tasks that need no payload. */
export function noPayload(): Record<string, never> {
  return {};
}

/** The text field of a payload. Throws `payload_invalid`, which names the field and not its value. */
export function textOf(payload: unknown, field: string): string {
  const value = (payload as Record<string, unknown> | null)?.[field];
  if (typeof value !== 'string' || value === '') {
    throw new PlinthError('payload_invalid', `the payload has no text "${field}"`);
  }
  return value;
}
