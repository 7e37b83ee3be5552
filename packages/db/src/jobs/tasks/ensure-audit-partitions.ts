import { ensureAuditPartitions as makePartitions } from '../../audit/retention.js';
import { defineTask, noPayload } from '../task.js';

/** Makes the audit log's partitions of this month and the three after it, as far as they are missing. */
export const ensureAuditPartitions = defineTask({
  name: 'ensure-audit-partitions',
  parse: noPayload,
  async run(_payload, { database, log }) {
    const made = await makePartitions(database);
    if (made > 0) log(`made ${made} partitions of the audit log`);
  },
});
