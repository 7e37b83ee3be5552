import { archiveAuditMonth, expiredAuditMonths } from '../../audit/retention.js';
import { DatabaseError } from '../../errors.js';
import { defineTask, noPayload } from '../task.js';

/** Whole months before the current one that stay in the audit log. */
const KEEP_MONTHS = 24;
/** audit.archive_month(): rows of the month are not sealed yet. */
const NOT_SEALED = '55000';

/**
 * Moves months that are older than the log keeps to schema archive, where backups and `audit verify` still find them.
 * Dropping one is left to a person: it wants a backup in between.
 */
export const retireAuditMonths = defineTask({
  name: 'retire-audit-months',
  parse: noPayload,
  async run(_payload, { database, log }) {
    for (const month of await expiredAuditMonths(database, KEEP_MONTHS)) {
      try {
        const rows = await archiveAuditMonth(database, month);
        log(`archived ${month} of the audit log, ${rows} rows`);
      } catch (error) {
        if (!(error instanceof DatabaseError) || error.sqlstate !== NOT_SEALED) throw error;
        log(`${month} of the audit log is not wholly sealed yet: it is archived another day`);
      }
    }
  },
});
