import { type Database, sealAudit } from '@plinth/db';

/**
 * Seals until nothing is left, and answers how many rows. Transactions of other databases of the test server hold
 * the horizon back for as long as they run.
 */
export async function sealAll(worker: Database, maxRowsPerSeal?: number): Promise<number> {
  let sealed = 0;
  for (let attempt = 0; attempt < 3_000; attempt++) {
    sealed += await sealAudit(worker, maxRowsPerSeal);
    const { left } = await worker.one<{ left: number }>(
      `select count(*)::int as left from audit.audit_log l
        where not exists (select from audit.audit_seals s where s.system_identifier = l.system_identifier and s.to_xid > l.txid)`,
    );
    if (left === 0) return sealed;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('rows stay unsealed for a minute');
}
