import { PlinthError } from '../../errors.js';
import type { Finding } from './check.js';

/** A finding somebody decided to live with, for a while and for a reason. */
export interface Ignore {
  check: string;
  /** The finding's object; `*` stands for any text. Without it: every object. */
  object?: string;
  reason: string;
  /** ISO date; from then on the finding is shown again. */
  until: string;
}

/** Reads a list of ignores from JSON. Throws `config_invalid`, naming the entry, where a reason or an end is missing. */
export function parseIgnores(text: string, checkIds: readonly string[]): Ignore[] {
  const refuse = (message: string): never => {
    throw new PlinthError('config_invalid', `ignores: ${message}`, {
      fix: 'write [{"check": "unused-indexes", "object": "public.t_idx", "reason": "yearly report", "until": "2027-06-30"}]',
    });
  };
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    refuse('not JSON');
  }
  if (!Array.isArray(list)) return refuse('not a list');
  return list.map((entry: Partial<Record<keyof Ignore, unknown>>, index) => {
    const { check, object, reason, until } = entry ?? {};
    if (typeof check !== 'string' || !checkIds.includes(check))
      return refuse(`entry ${index + 1}: no check "${String(check)}"`);
    if (object !== undefined && typeof object !== 'string')
      return refuse(`entry ${index + 1}: object is not a text`);
    if (typeof reason !== 'string' || reason.trim() === '') return refuse(`entry ${index + 1}: no reason`);
    if (typeof until !== 'string' || Number.isNaN(Date.parse(until)))
      return refuse(`entry ${index + 1}: until is not a date`);
    return { check, ...(object === undefined ? {} : { object }), reason, until };
  });
}

/** The ignore that covers a finding now; undefined where none does or its time is over. */
export function ignoreOf(finding: Finding, ignores: readonly Ignore[], now: Date): Ignore | undefined {
  return ignores.find(
    ({ check, object, until }) =>
      check === finding.check &&
      Date.parse(until) > now.getTime() &&
      (object === undefined || matches(object, finding.object)),
  );
}

function matches(pattern: string, text: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(text);
}
