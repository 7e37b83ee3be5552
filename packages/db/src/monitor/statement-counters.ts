/** Totals of one statement, or of all others together, since the monitor began; they only grow. */
export interface StatementCounter {
  /** `other` for those outside the top. */
  queryid: string;
  operation: string | null;
  calls: number;
  totalMs: number;
  rows: number;
}

type Grown = Pick<StatementCounter, 'queryid' | 'calls' | 'totalMs' | 'rows'>;

/**
 * Counters for a time series database, of the `limit` statements that take the most time and of all others as one.
 * A statement that leaves the top loses its own counter and counts as `other` from then on, so that neither falls.
 */
export function createStatementCounters(limit: number) {
  let counters = new Map<string, Omit<StatementCounter, 'queryid' | 'operation'>>();
  return {
    /** What each statement did since the last time; `top` are the ids of the most expensive ones, the first first. */
    add(grown: readonly Grown[], top: readonly string[]): void {
      const next: typeof counters = new Map([
        ['other', counters.get('other') ?? { calls: 0, totalMs: 0, rows: 0 }],
      ]);
      for (const id of top.slice(0, limit))
        next.set(id, counters.get(id) ?? { calls: 0, totalMs: 0, rows: 0 });
      for (const { queryid, calls, totalMs, rows } of grown) {
        const counter = next.get(queryid) ?? next.get('other');
        if (counter === undefined) continue;
        counter.calls += calls;
        counter.totalMs += totalMs;
        counter.rows += rows;
      }
      counters = next;
    },
    read: (operationOf: (queryid: string) => string | null): StatementCounter[] =>
      [...counters].map(([queryid, counter]) => ({ queryid, operation: operationOf(queryid), ...counter })),
  };
}
