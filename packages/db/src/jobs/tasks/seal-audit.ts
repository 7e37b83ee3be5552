import { defineTask, noPayload } from '../task.js';

/** Seals the audit rows that are final. Of several at once, one seals and the others return. */
export const sealAudit = defineTask({
  name: 'seal-audit',
  parse: noPayload,
  async run(_payload, { database, log }) {
    const { sealed } = await database.one<{ sealed: bigint | number | string }>(
      'select audit.seal() as sealed',
    );
    if (Number(sealed) > 0) log(`sealed ${sealed} audit rows`);
  },
});
