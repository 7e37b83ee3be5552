export type { BulkCounts } from './seed/bulk/bulk-table.js';
export { type ClearResult, clearSeed } from './seed/clear-seed.js';
export { devApiKeys } from './seed/dev/credentials.js';
export { refuseProduction } from './seed/guard.js';
export { scenarios } from './seed/registry.js';
export {
  runSeed,
  SEEDED_PASSWORD,
  type SeedOptions,
  type SeedResult,
  withSeedDatabase,
} from './seed/run-seed.js';
export { type BulkOptions, type BulkResult, seedBulk } from './seed/seed-bulk.js';
export { type SeededTable, type SeedRun, seedInfo } from './seed/seed-info.js';
