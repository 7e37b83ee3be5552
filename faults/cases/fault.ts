import type { Violation } from '../ledger/violation.js';
import type { SeededRandom } from '../seeded-random.js';
import type { World } from '../world/world.js';

/** One way to break the system, and to mend it again. */
export interface Fault {
  /** As on the command line. */
  readonly name: string;
  /** For people: what is done to what. */
  readonly what: string;
  /** All must be well again so long after the end. */
  readonly boundMs: number;
  /** Why it cannot be tried here; undefined where it can. */
  missing?(world: World): Promise<string | undefined> | string | undefined;
  /** Breaks and mends under load. Answers how often it struck; what is not as it should be already goes into `found`. */
  inject(world: World, random: SeededRandom, found: Violation[]): Promise<number>;
  /** Looks, when everything is settled, at what the general checks do not know; markers begin with the round. */
  verify?(world: World, round: number): Promise<Violation[]>;
  /** Time is turned back by a restore: the names of the databases that were live before, when it is over. */
  readonly putAside?: (world: World) => Promise<string[]>;
  /** May run at the same time as another one that may. */
  readonly combines?: true;
}

/** The bound where nothing has to be started first: limits of statements and connections, then a try. */
export const BOUND_MS = 20_000;
/** The bound where a process has to start first, on a machine that is busy. */
export const RESTART_BOUND_MS = 30_000;
