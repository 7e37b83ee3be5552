import type { WatchedTable } from './operation.js';

/** A row that is there. */
export interface StoredRow {
  readonly table: WatchedTable;
  readonly id: string;
  readonly userId: string;
  /** Of the last operation that changed it. */
  readonly marker: string;
  readonly version: number;
}

/** What the audit log says of one change of a watched row. */
export interface AuditRow {
  readonly table: WatchedTable;
  readonly rowId: string;
  readonly action: 'insert' | 'update' | 'delete';
  readonly requestId: string;
  readonly userId: string | null;
}

/** A webhook event about a new block. */
export interface EventRow {
  readonly rowId: string;
  readonly status: string;
}

/** What one database holds of a round. */
export interface Evidence {
  readonly rows: readonly StoredRow[];
  readonly audit: readonly AuditRow[];
  readonly events: readonly EventRow[];
}
