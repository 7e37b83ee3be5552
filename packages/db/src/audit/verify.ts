import { createHash } from 'node:crypto';
import type { Database } from '../database.js';
import { quoteIdentifier, type Sql } from '../sql.js';
import { ROW_HASH, ROW_MONTH } from './canonical-row.js';
import { type AuditFinding, aboutHead, aboutSeal } from './findings.js';
import type { AuditHead } from './heads.js';
import { CHAIN_START, chainOf, readSeals, type Seal } from './seals.js';
import { disabledTriggers } from './triggers.js';
import { findUncovered } from './uncovered.js';

/** The answer of `plinth audit verify`. */
export interface AuditReport {
  ok: boolean;
  seals: number;
  /** Rows whose seals were compared. */
  verifiedRows: number;
  /** Rows that no seal covers yet: written since the last sealing. */
  unsealedRows: number;
  /** Months whose rows were dropped after their seals had been compared. */
  retiredMonths: string[];
  /** The newest chain value; keep it elsewhere. */
  head: string | null;
  findings: AuditFinding[];
}

/**
 * Recomputes every seal from the rows as they are now (the log and archived months) and compares chain, ranges and,
 * where given, exported heads. Reads one snapshot, changes nothing, trusts no function of the database. Needs a role
 * that reads schema audit (worker, readonly, migrator). Throws DatabaseError; tampering is in the answer.
 */
export async function verifyAudit(
  database: Pick<Database, 'tx'>,
  options: { heads?: readonly AuditHead[] } = {},
): Promise<AuditReport> {
  return database.tx(async (sql) => {
    await sql.query('set transaction isolation level repeatable read read only');
    await sql.query('set local statement_timeout = 0');
    const source = await sourceOfRows(sql);
    const retired = await retiredMonths(sql);
    const state = new ChainState(options.heads ?? []);
    let verifiedRows = 0;
    for await (const seals of readSeals(sql)) {
      for (const seal of seals) {
        state.follow(seal);
        if (seal.kind === 'retired') continue;
        const gone = retired.has(epochMonth(seal));
        const found = await digestOf(sql, source, seal);
        if (!gone) verifiedRows += found.rows;
        const finding = compare(gone ? { ...seal, rowCount: 0, digest: EMPTY } : seal, found);
        if (finding) state.findings.push(finding);
      }
    }
    const uncovered = await findUncovered(sql, source);
    const findings = [...state.end(), ...uncovered.findings, ...(await disabledTriggers(sql))];
    return {
      ok: findings.length === 0,
      seals: state.count,
      verifiedRows,
      unsealedRows: uncovered.unsealedRows,
      retiredMonths: [...new Set([...retired].map((key) => key.split(' ')[1] as string))].sort(),
      head: state.head,
      findings,
    };
  });
}

const epochMonth = (seal: Pick<Seal, 'systemIdentifier' | 'month'>) =>
  `${seal.systemIdentifier} ${seal.month}`;

/** Follows the chain: each seal must continue the one before, in value and in range. */
class ChainState {
  readonly findings: AuditFinding[] = [];
  count = 0;
  head: string | null = null;
  readonly #heads: Map<string, AuditHead>;
  /** Per epoch the range sealed last. */
  readonly #ranges = new Map<string, { fromXid: string; toXid: string }>();
  /** Per epoch and month the chain values that a retirement sums up. */
  readonly #months = new Map<string, { chains: string[]; rows: number }>();

  constructor(heads: readonly AuditHead[]) {
    this.#heads = new Map(heads.map((head) => [head.seal, head]));
  }

  follow(seal: Seal): void {
    const previous = this.head ?? CHAIN_START;
    if (seal.previousChain !== previous) {
      this.findings.push(
        aboutSeal(
          'seal_missing',
          seal,
          `seal ${seal.id} does not continue the seal before it: one was removed, added or replaced`,
        ),
      );
    }
    if (seal.chain !== chainOf(seal, seal.previousChain)) {
      this.findings.push(
        aboutSeal('seal_forged', seal, `seal ${seal.id} does not have the chain value of its contents`),
      );
    }
    const exported = this.#heads.get(seal.id);
    if (exported && exported.chain !== seal.chain) this.findings.push(aboutHead(exported, seal.chain));
    this.#heads.delete(seal.id);
    if (seal.kind === 'retired') this.#followRetirement(seal);
    else this.#followRange(seal);
    this.count++;
    this.head = seal.chain;
  }

  #followRange(seal: Seal): void {
    const { systemIdentifier, fromXid, toXid } = seal;
    const last = this.#ranges.get(systemIdentifier);
    const expected = last?.toXid ?? '0';
    // A month's border cuts a range into several seals of the same range.
    if (fromXid !== expected && !(last?.fromXid === fromXid && last.toXid === toXid)) {
      this.findings.push(
        BigInt(fromXid) > BigInt(expected)
          ? aboutSeal('seal_missing', seal, `no seal covers transactions ${expected} up to ${fromXid}`)
          : aboutSeal('seal_forged', seal, `seal ${seal.id} covers transactions that an earlier seal covers`),
      );
    }
    this.#ranges.set(systemIdentifier, { fromXid, toXid });
    const month = this.#months.get(epochMonth(seal)) ?? { chains: [], rows: 0 };
    month.chains.push(seal.chain);
    month.rows += seal.rowCount;
    this.#months.set(epochMonth(seal), month);
  }

  #followRetirement(seal: Seal): void {
    const month = this.#months.get(epochMonth(seal)) ?? { chains: [], rows: 0 };
    const digest = createHash('sha256')
      .update(Buffer.from(month.chains.join(''), 'hex'))
      .digest('hex');
    if (digest === seal.digest && month.rows === seal.rowCount) return;
    this.findings.push(
      aboutSeal(
        'seal_forged',
        seal,
        `seal ${seal.id} retires ${seal.month} with other seals than that month has`,
      ),
    );
  }

  end(): AuditFinding[] {
    return [...this.findings, ...[...this.#heads.values()].map((head) => aboutHead(head, undefined))];
  }
}

/** What string_agg over no rows gives. */
const EMPTY = '';

function compare(seal: Seal, found: { rows: number; digest: string }): AuditFinding | undefined {
  if (found.rows === seal.rowCount && found.digest === seal.digest) return undefined;
  const where = `of seal ${seal.id} (transactions ${seal.fromXid} up to ${seal.toXid}, ${seal.month.slice(0, 7)})`;
  if (found.rows < seal.rowCount)
    return aboutSeal(
      'row_deleted',
      seal,
      `${seal.rowCount - found.rows} of ${seal.rowCount} rows ${where} are gone`,
    );
  if (found.rows > seal.rowCount)
    return aboutSeal(
      'row_inserted',
      seal,
      `${found.rows - seal.rowCount} rows were added to the ${seal.rowCount} ${where}`,
    );
  return aboutSeal('row_changed', seal, `a row ${where} was changed; it has ${seal.rowCount} rows as sealed`);
}

/** The log and the archived months as one subquery. */
async function sourceOfRows(sql: Sql): Promise<string> {
  const archived = await sql.query<{ name: string }>(
    `select c.relname as name from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where n.nspname = 'archive' and c.relkind = 'r' and c.relname ~ '^audit_log_\\d{4}_\\d{2}$' order by 1`,
  );
  const columns =
    'system_identifier, txid, id, occurred_at, action, entity, entity_id, before, after, changed, actor_type, actor_id, user_id, request_id, db_user';
  const tables = ['audit.audit_log', ...archived.map(({ name }) => `archive.${quoteIdentifier(name)}`)];
  return `(${tables.map((table) => `select ${columns} from ${table}`).join(' union all ')})`;
}

async function retiredMonths(sql: Sql): Promise<Set<string>> {
  const rows = await sql.query<{ systemIdentifier: string; month: string }>(
    `select system_identifier::text as "systemIdentifier", to_char(month, 'YYYY-MM-DD') as month
       from audit.audit_seals where kind = 'retired'`,
  );
  return new Set(rows.map(epochMonth));
}

async function digestOf(sql: Sql, source: string, seal: Seal): Promise<{ rows: number; digest: string }> {
  return sql.one<{ rows: number; digest: string }>(
    `select count(*)::float8 as rows, coalesce(encode(pg_catalog.sha256(string_agg(${ROW_HASH}, ''::bytea order by l.txid, l.id)), 'hex'), '') as digest
       from ${source} l
      where l.system_identifier = $1::bigint and l.txid >= $2::text::xid8 and l.txid < $3::text::xid8 and ${ROW_MONTH} = $4::text::date`,
    [seal.systemIdentifier, seal.fromXid, seal.toXid, seal.month],
  );
}
