import type { Finding } from './findings/check.js';

/** Something that holds now and that somebody may have to be told. */
export interface Condition {
  /** Id of a check, or `database-down`. */
  rule: string;
  object: string;
  severity: 'warning' | 'critical';
  message: string;
  evidence: Finding['evidence'];
}

/** A condition that lasted long enough, until it is gone for long enough. */
export interface Alert extends Condition {
  state: 'firing' | 'resolved';
  startedAt: Date;
  resolvedAt: Date | null;
}

interface Watched {
  condition: Condition;
  since: number;
  lastSeen: number;
  firing: boolean;
}

export interface AlertBook {
  /**
   * Compares what holds at `now` (milliseconds since 1970) with what held before; answers the alerts that begin, get
   * worse or end. Rules in `unknown` could not be judged this time: nothing of theirs begins or ends.
   */
  evaluate(conditions: readonly Condition[], now: number, unknown?: ReadonlySet<string>): Alert[];
  /** Takes over what another process left firing, so that it is not told twice and does end. */
  adopt(alerts: readonly Alert[], now: number): void;
  firing(): Alert[];
}

/** Makes an empty book. Each rule and object is one alert at a time. */
export function createAlertBook(timing: { forMs: number; recoveryMs: number }): AlertBook {
  const watched = new Map<string, Watched>();
  const keyOf = ({ rule, object }: Pick<Condition, 'rule' | 'object'>) => `${rule}\n${object}`;
  const alertOf = ({ condition, since }: Watched, resolvedAt: number | null): Alert => ({
    ...condition,
    state: resolvedAt === null ? 'firing' : 'resolved',
    startedAt: new Date(since),
    resolvedAt: resolvedAt === null ? null : new Date(resolvedAt),
  });

  return {
    evaluate(conditions, now, unknown = new Set()) {
      const changes: Alert[] = [];
      for (const condition of conditions) {
        const key = keyOf(condition);
        const known = watched.get(key) ?? { condition, since: now, lastSeen: now, firing: false };
        const worse = known.condition.severity === 'warning' && condition.severity === 'critical';
        const next: Watched = {
          ...known,
          condition,
          lastSeen: now,
          firing: known.firing || now - known.since >= timing.forMs,
        };
        watched.set(key, next);
        if (next.firing && (!known.firing || worse)) changes.push(alertOf(next, null));
      }
      const held = new Set(conditions.map(keyOf));
      for (const [key, entry] of watched) {
        if (held.has(key)) continue;
        if (unknown.has(entry.condition.rule)) {
          entry.lastSeen = now;
          continue;
        }
        // A condition that comes and goes before it fired starts anew; one that fired has to stay away.
        if (entry.firing && now - entry.lastSeen < timing.recoveryMs) continue;
        watched.delete(key);
        if (entry.firing) changes.push(alertOf(entry, now));
      }
      return changes;
    },
    adopt(alerts, now) {
      for (const { state: _state, startedAt, resolvedAt: _resolvedAt, ...condition } of alerts) {
        const key = keyOf(condition);
        if (!watched.get(key)?.firing)
          watched.set(key, { condition, since: startedAt.getTime(), lastSeen: now, firing: true });
      }
    },
    firing: () => [...watched.values()].filter(({ firing }) => firing).map((entry) => alertOf(entry, null)),
  };
}

/** The findings that are bad enough, as conditions. Remarks (`info`) alert nobody. */
export function conditionsOf(findings: readonly Finding[], minSeverity: 'warning' | 'critical'): Condition[] {
  return findings.flatMap(({ check, object, severity, summary, evidence }) =>
    severity === 'critical' || (severity === 'warning' && minSeverity === 'warning')
      ? [{ rule: check, object, severity, message: summary, evidence }]
      : [],
  );
}
