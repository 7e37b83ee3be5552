import type { BulkTableName } from './bulk-ids.js';

/** How many rows of each kind. */
export interface BulkCounts {
  users: number;
  artists: number;
  businesses: number;
  blocks: number;
  assessments: number;
}

/** A table that can be filled by the million. */
export interface BulkTable {
  table: BulkTableName;
  /** The count that asks for it. */
  count: keyof BulkCounts;
  /** Counts that its rows depend on: the same seed gives the same rows only for the same counts. */
  dependsOn: readonly (keyof BulkCounts)[];
  columns: readonly string[];
  /** Makes the writer of rows `first` and on; it is called with consecutive indexes and answers a line of COPY text. */
  createWriter(plan: { seed: number; counts: BulkCounts; first: number }): (index: number) => string;
}
