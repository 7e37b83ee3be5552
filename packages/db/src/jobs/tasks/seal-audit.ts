import { sealAudit as seal } from '../../audit/seal.js';
import { defineTask, noPayload } from '../task.js';

/** Seals the audit rows that are final. Of several at once, one seals and the others return. */
export const sealAudit = defineTask({
  name: 'seal-audit',
  parse: noPayload,
  async run(_payload, { database, log }) {
    const sealed = await seal(database);
    if (sealed > 0) log(`sealed ${sealed} audit rows`);
  },
});
