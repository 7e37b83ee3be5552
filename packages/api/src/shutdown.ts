import type { Logger } from 'pino';
import type { Lifecycle } from './probes/state.js';

/** Requests that are still being answered get this long. */
export const IN_FLIGHT_CAP_MS = 15_000;
/** After this long the process ends, whatever still hangs. Below the 30 s that orchestrators give. */
const DEADLINE_MS = 25_000;

/** Exit code of a process that a signal ended: 128 + its number. */
const BY_SIGNAL = { SIGINT: 130, SIGTERM: 143 } as const;

/** The steps as terminus runs them: beforeShutdown, closing the server, onSignal. */
export interface Shutdown {
  beforeShutdown(): Promise<void>;
  onSignal(): Promise<void>;
}

/**
 * The order of an orderly end: /ready answers 503 draining; after `drainDelayMs`, in which load balancers
 * notice, the server takes no new connections; requests in flight finish; the database closes; exit 0. A
 * second signal, or 25 seconds, end the process at once.
 */
export function createShutdown(options: {
  lifecycle: Lifecycle;
  drainDelayMs: number;
  /** Told at once: what would never end by itself has to end now. */
  onDrain?: () => void;
  /** Ends the prober and the database. */
  close: () => Promise<void>;
  exit: (code: number) => void;
  on: (signal: 'SIGINT' | 'SIGTERM', listener: () => void) => void;
  logger: Logger;
  deadlineMs?: number;
}): Shutdown {
  const { lifecycle, drainDelayMs, onDrain, close, exit, on, logger, deadlineMs = DEADLINE_MS } = options;
  let signals = 0;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    on(signal, () => {
      signals++;
      if (signals < 2) return;
      logger.warn({ signal }, 'second signal: ending at once');
      exit(BY_SIGNAL[signal]);
    });
  }
  return {
    async beforeShutdown() {
      lifecycle.draining = true;
      onDrain?.();
      logger.info({ drainDelayMs }, 'draining');
      setTimeout(() => {
        logger.error({ deadlineMs }, 'shutdown took too long');
        exit(1);
      }, deadlineMs).unref();
      if (drainDelayMs > 0) await new Promise((resolve) => setTimeout(resolve, drainDelayMs));
    },
    async onSignal() {
      await close();
      logger.info('stopped');
    },
  };
}
