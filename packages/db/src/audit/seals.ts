import { createHash } from 'node:crypto';
import type { Sql } from '../sql.js';

/** A row of audit.audit_seals; numbers that JavaScript cannot hold as text. */
export interface Seal {
  id: string;
  kind: 'rows' | 'retired';
  systemIdentifier: string;
  fromXid: string;
  toXid: string;
  /** As `2026-11-01`. */
  month: string;
  rowCount: number;
  /** Hashes in hexadecimal. */
  digest: string;
  previousChain: string;
  chain: string;
  sealedAt: string;
}

const PAGE = 2_000;

/** The seals after seal `after`, oldest first, a page at a time. */
export async function* readSeals(sql: Pick<Sql, 'query'>, after = '0'): AsyncGenerator<Seal[]> {
  for (let last = after; ; ) {
    const seals = await sql.query<Seal>(
      `select id::text, kind, system_identifier::text as "systemIdentifier", from_xid::text as "fromXid", to_xid::text as "toXid",
              to_char(month, 'YYYY-MM-DD') as month, row_count::float8 as "rowCount", encode(digest, 'hex') as digest,
              encode(previous_chain, 'hex') as "previousChain", encode(chain, 'hex') as chain,
              to_char(sealed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "sealedAt"
         from audit.audit_seals where id > $1::bigint order by audit_seals.id limit ${PAGE}`,
      [last],
    );
    if (seals.length > 0) yield seals;
    if (seals.length < PAGE) return;
    last = (seals.at(-1) as Seal).id;
  }
}

/** What comes before the first seal. */
export const CHAIN_START = '00'.repeat(32);

/** The chain value that a seal must have, given the one before it: what audit.append_seal() computes. */
export function chainOf(seal: Seal, previousChain: string): string {
  const { kind, systemIdentifier, fromXid, toXid, month, rowCount, digest } = seal;
  return createHash('sha256')
    .update(Buffer.from(previousChain, 'hex'))
    .update(Buffer.from(digest, 'hex'))
    .update([kind, systemIdentifier, fromXid, toXid, month.slice(0, 7), rowCount].join('|'))
    .digest('hex');
}
