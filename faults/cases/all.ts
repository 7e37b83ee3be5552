import type { Fault } from './fault.js';
import { diskFull, poolExhausted, slowQueries } from './load.js';
import { migration } from './migration.js';
import { blackHole, commitCut, latency, longOutage, reset } from './network.js';
import {
  backendKill,
  backendsTerminated,
  postgresFreeze,
  postgresKill,
  postgresRestart,
} from './postgres.js';
import { prismaMigrate } from './prisma-migrate.js';
import { apiFreeze, apiKill, apiTerm, workerKill } from './processes.js';
import { restoreSwap } from './restore.js';
import { twoAtOnce } from './two-at-once.js';
import { twoUps } from './two-ups.js';

/** Every fault there is, in the order of the table. */
export const FAULTS: readonly Fault[] = [
  postgresKill,
  postgresRestart,
  postgresFreeze,
  backendKill,
  backendsTerminated,
  blackHole,
  longOutage,
  reset,
  latency,
  commitCut,
  diskFull,
  poolExhausted,
  slowQueries,
  apiKill,
  apiTerm,
  apiFreeze,
  workerKill,
  migration,
  prismaMigrate,
  restoreSwap,
  twoAtOnce,
  twoUps,
];
