import type { AuditHead } from './heads.js';
import type { Seal } from './seals.js';

/** What was done to the log or its seals. */
export type TamperKind =
  | 'row_changed'
  | 'row_deleted'
  | 'row_inserted'
  | 'seal_forged'
  | 'seal_missing'
  | 'seal_rewritten'
  | 'trigger_disabled';

/** One finding: the kind of tampering and exactly where. */
export interface AuditFinding {
  kind: TamperKind;
  /** The seal that shows it; absent for rows that no seal covers, and for triggers. */
  seal?: string;
  systemIdentifier?: string;
  /** Transactions concerned: from, up to and not including to. */
  fromXid?: string;
  toXid?: string;
  month?: string;
  detail: string;
}

/** A finding about a seal's range. */
export function aboutSeal(kind: TamperKind, seal: Seal, detail: string): AuditFinding {
  const { id, systemIdentifier, fromXid, toXid, month } = seal;
  return { kind, seal: id, systemIdentifier, fromXid, toXid, month, detail };
}

/** A finding about an exported head that the database does not have. */
export function aboutHead(head: AuditHead, chain: string | undefined): AuditFinding {
  return chain === undefined
    ? {
        kind: 'seal_missing',
        seal: head.seal,
        detail: `seal ${head.seal}, exported from ${head.sealedAt}, is gone`,
      }
    : {
        kind: 'seal_rewritten',
        seal: head.seal,
        detail: `seal ${head.seal} had chain ${head.chain} when it was exported and has ${chain} now`,
      };
}
