import { z } from 'zod';
import { moment, nameSchema } from '../../fields.js';
import { defineRoute } from '../../route.js';
import { aged, count, mayRead, number, seen, seenNow } from './access.js';

const table = z.strictObject({
  table: z.string(),
  rows: count,
  deadRows: count,
  tableBytes: count,
  indexBytes: count,
  sequentialScans: count,
  indexScans: count,
  inserted: count,
  updated: count,
  hotUpdated: count,
  deleted: count,
  autovacuumEnabled: z.boolean(),
  /** As multiples of what makes autovacuum start. */
  vacuumDue: number,
  analyzeDue: number,
  lastVacuum: moment.nullable(),
  lastAutovacuum: moment.nullable(),
  lastAnalyze: moment.nullable(),
  /** Empty space, by estimate. */
  bloat: z.strictObject({ bytes: number, ratio: number }).nullable(),
  growth: z.strictObject({ bytes: number, since: moment }).nullable(),
});

const index = z.strictObject({
  index: z.string(),
  table: z.string(),
  bytes: count,
  scans: count,
  lastScan: moment.nullable(),
  primary: z.boolean(),
  unique: z.boolean(),
  valid: z.boolean(),
  columns: z.array(z.string()),
  unused: z.boolean(),
  duplicateOf: z.string().nullable(),
});

export const tablesRoute = defineRoute({
  method: 'GET',
  path: '/v1/database/tables',
  summary: 'The largest tables and indexes: size, growth, empty space, what vacuum owes them',
  access: mayRead,
  response: nameSchema(
    'DatabaseTables',
    z.strictObject({
      ...seen,
      ...aged,
      tables: z.array(table),
      indexes: z.strictObject({ ...aged, indexes: z.array(index) }),
    }),
  ),
  handler: async ({ services: { monitoring } }) => {
    const { monitor } = monitoring;
    const tables = monitor.tables();
    const indexes = monitor.indexes();
    return {
      ...seenNow(monitor),
      at: tables.at,
      ageMs: tables.ageMs,
      tables: tables.value,
      indexes: { at: indexes.at, ageMs: indexes.ageMs, indexes: indexes.value },
    };
  },
});
