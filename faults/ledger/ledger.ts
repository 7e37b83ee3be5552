import { type Operation, userIn } from './operation.js';
import type { Violation } from './violation.js';

/** What the clients of one round did and saw. */
export interface Ledger {
  readonly round: number;
  readonly operations: Operation[];
  /** When a write was answered as trouble or not at all: performance.now() of its sending and of its end. */
  readonly troubles: { sentMs: number; endedMs: number; said: string }[];
  /** Notes that a user saw a row, by the marker in it. */
  saw(user: number, marker: string): void;
  /** Notes that a row did not read as its only writer had left it. */
  misread(detail: string): void;
  /** What was broken in front of the clients' eyes. */
  violations(): Violation[];
  reads: number;
}

/** Opens the book of a round. */
export function createLedger(round: number): Ledger {
  const found: Violation[] = [];
  return {
    round,
    operations: [],
    troubles: [],
    reads: 0,
    saw(user, marker) {
      if (userIn(marker) === user) return;
      found.push({ kind: 'foreign', detail: `user ${user} was shown ${marker}` });
    },
    misread(detail) {
      found.push({ kind: 'lost', detail });
    },
    violations: () => found,
  };
}
