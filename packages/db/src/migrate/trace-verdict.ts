import type { Finding } from './lint/lint.js';
import { isStrong } from './lint/statement-locks.js';
import type { ScriptFailure } from './script-failure.js';

/** What the measurement says about a finding; `unmeasured` where it is about something else than locks and rewrites. */
export interface Verdict {
  readonly is: 'confirmed' | 'refuted' | 'unmeasured';
  readonly measured: string;
}

interface Measurement {
  readonly number: number;
  readonly locks: readonly { readonly relation: string; readonly mode: string; readonly existing: boolean }[];
  readonly rewrites: readonly string[];
}

/** What each rule says will happen. Rules about data, names and files are not here: a trace cannot tell. */
const claims: Readonly<Record<string, 'rewrite' | 'lock' | 'several'>> = {
  'changing-column-type': 'rewrite',
  'adding-field-with-default': 'rewrite',
  'prefer-repack': 'rewrite',
  'require-concurrent-index-creation': 'lock',
  'require-concurrent-index-deletion': 'lock',
  'require-concurrent-reindex': 'lock',
  'require-concurrent-partition-detach': 'lock',
  'adding-foreign-key-constraint': 'lock',
  'constraint-missing-not-valid': 'lock',
  'validate-with-not-valid': 'lock',
  'adding-not-nullable-field': 'lock',
  'adding-serial-primary-key-field': 'lock',
  'disallowed-unique-constraint': 'lock',
  'renaming-column': 'lock',
  'renaming-table': 'lock',
  'ban-drop-column': 'lock',
  'ban-drop-table': 'lock',
  'several-tables-locked': 'several',
};

/** SQLSTATEs that prove a finding by failing. */
const provedBy: Readonly<Record<string, string>> = {
  'adding-required-field': '23502',
  'serial-type-change': '42704',
  'enum-value-used-at-once': '55P04',
};

/** Confirms or refutes a finding by what its statement did. */
export function judgeFinding(
  finding: Finding,
  measured: readonly Measurement[],
  error: ScriptFailure | null,
): Verdict {
  const failed = error !== null && (error.statement === finding.statement || error.statement === undefined);
  if (failed && provedBy[finding.rule] === error.sqlstate) {
    return { is: 'confirmed', measured: `it fails with ${error.sqlstate}` };
  }
  const claim = claims[finding.rule];
  const own = measured.find(({ number }) => number === finding.statement);
  if (claim === undefined || own === undefined)
    return { is: 'unmeasured', measured: 'locks and rewrites say nothing about it' };
  if (claim === 'rewrite') {
    return own.rewrites.length > 0
      ? { is: 'confirmed', measured: `it rewrites ${own.rewrites.join(', ')}` }
      : { is: 'refuted', measured: 'no table is rewritten' };
  }
  const strong = (list: readonly Measurement[]) =>
    list.flatMap(({ locks }) => locks.filter(({ mode, existing }) => existing && isStrong(mode)));
  if (claim === 'several') {
    const tables = [...new Set(strong(measured).map(({ relation }) => relation))];
    return {
      is: tables.length > 1 ? 'confirmed' : 'refuted',
      measured: `locked: ${tables.join(', ') || 'none'}`,
    };
  }
  const locks = strong([own]).map(({ relation, mode }) => `${mode} on ${relation}`);
  return locks.length > 0
    ? { is: 'confirmed', measured: locks.join(', ') }
    : { is: 'refuted', measured: 'no table in use is locked' };
}
