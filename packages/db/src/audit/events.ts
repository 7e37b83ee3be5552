import type { Sql } from '../sql.js';
import type { Transaction } from '../transaction.js';

/** Where a record is written: SQL helpers (best those of the transaction it belongs to) or a Prisma transaction. */
export type AuditWriter = Pick<Sql, 'one'> | Pick<Transaction, '$queryRawUnsafe'>;

/** Something a security team asks for first: a sign-in, a refusal, a changed privilege. */
export interface SecurityEvent {
  /** Lower-case words joined by dots, such as `sign_in.failed`. */
  type: string;
  severity?: 'info' | 'warning' | 'critical';
  /** Whom it is about; the acting user unless told. */
  userId?: string;
  ip?: string;
  userAgent?: string;
  /** What happened, without secrets and without personal data: erasing a person blanks it only where `userId` is theirs. */
  details?: Record<string, string | number | boolean | null>;
}

/** A read that leaves a trace: an export, a decrypted secret, a document of a business. */
export interface DataAccess {
  /** The table, or what was exported. */
  entity: string;
  entityId?: string;
  fields?: readonly string[];
  /** Why, 1 to 200 characters. */
  purpose: string;
  rowCount?: number;
}

const RECORD_EVENT = 'select audit.record_event($1, $2, $3::uuid, $4::inet, $5, $6::jsonb)::text as id';
const RECORD_ACCESS = 'select audit.record_access($1, $2, $3::text[], $4, $5::int)::text as id';

/**
 * Records a security event with the transaction's actor and request, and answers its id. It stays only if that
 * transaction commits: a refusal is recorded outside the transaction that it ends. Throws DatabaseError.
 */
export async function recordSecurityEvent(writer: AuditWriter, event: SecurityEvent): Promise<string> {
  const values = [
    event.type,
    event.severity ?? 'info',
    event.userId ?? null,
    event.ip ?? null,
    event.userAgent ?? null,
    JSON.stringify(event.details ?? {}),
  ];
  if ('one' in writer) return (await writer.one<{ id: string }>(RECORD_EVENT, values)).id;
  const [row] = await writer.$queryRawUnsafe<[{ id: string }]>(RECORD_EVENT, ...values);
  return row.id;
}

/** Records a read that leaves a trace with the transaction's actor and request; answers its id. Throws DatabaseError. */
export async function recordAccess(writer: AuditWriter, access: DataAccess): Promise<string> {
  const values = [
    access.entity,
    access.entityId ?? null,
    access.fields ?? [],
    access.purpose,
    access.rowCount ?? 1,
  ];
  if ('one' in writer) return (await writer.one<{ id: string }>(RECORD_ACCESS, values)).id;
  const [row] = await writer.$queryRawUnsafe<[{ id: string }]>(RECORD_ACCESS, ...values);
  return row.id;
}
