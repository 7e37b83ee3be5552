import type { Env } from '@plinth/db';
import type { Config } from './config.js';
import type { Output } from './output.js';

/** What every command gets. */
export interface CommandContext {
  /** The environment as given, with .env. */
  readonly env: Env;
  /** Parsed on first use, so that `--help` works with broken settings. Throws ConfigError. */
  readonly config: Config;
  readonly output: Output;
  /** Absolute. */
  readonly repositoryRoot: string;
  /** How this process runs TypeScript, for children that do the same; empty in production. */
  readonly nodeFlags: readonly string[];
  /** Aborts on the first Ctrl-C or SIGTERM; long work checks it between steps. */
  readonly signal: AbortSignal;
  /** Aborts on the second: what takes its time ending is cut short, and still ended. */
  readonly hurry: AbortSignal;
  /**
   * Registers work for the end of the command, however it ends: success, failure or a signal. Runs in reverse order.
   */
  defer(work: () => Promise<void>): void;
}
