import type { Sql } from '../sql.js';
import type { CallRecord } from './outbound.js';

/** Keeps call records in external_service_calls; for createOutbound({ record: recordCalls(database) }). */
export function recordCalls(database: Pick<Sql, 'none'>): (call: CallRecord) => Promise<number> {
  return (call) =>
    database.none(
      `insert into external_service_calls
         (service, operation, method, url, status_code, duration_ms, ok, error_code, request_id, user_id)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        call.service,
        call.operation,
        call.method,
        call.url,
        call.statusCode,
        call.durationMs,
        call.ok,
        call.errorCode,
        call.requestId,
        call.userId,
      ],
    );
}
