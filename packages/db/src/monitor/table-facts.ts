import type { Collected, Dated } from './collector.js';
import type { CheckOutcome } from './findings/run-checks.js';
import type { IndexState } from './indexes.js';
import type { TableState } from './tables.js';

/** A table with what was found out about it over time. */
export interface TableFacts extends TableState {
  /** Empty space by estimate; null below 1 MB, or before the third tier looked. */
  bloat: { bytes: number; ratio: number } | null;
  /** Growth since it was first seen, within the last day; null before the third tier looked. */
  growth: { bytes: number; since: string } | null;
}

/** An index with what the checks say of it. */
export interface IndexFacts extends IndexState {
  /** No query used it for as long as the check unused-indexes demands. */
  unused: boolean;
  /** The index that does the same work. */
  duplicateOf: string | null;
}

/** Joins the tables with their empty space and their growth; `earlier` are sizes at earlier looks, oldest first. */
export function describeTables(
  { tables, bloat }: Pick<Collected, 'tables' | 'bloat'>,
  earlier: readonly Dated<ReadonlyMap<string, number>>[],
): TableFacts[] {
  return (tables?.value ?? []).map((table) => {
    const empty = bloat.get(table.table);
    const first = earlier.find(({ value }) => value.has(table.table));
    const was = first?.value.get(table.table);
    return {
      ...table,
      bloat: empty ? { bytes: empty.wasted, ratio: empty.ratio } : null,
      growth:
        first === undefined || was === undefined
          ? null
          : { bytes: table.tableBytes - was, since: first.at.toISOString() },
    };
  });
}

/** Marks the indexes that the checks found. */
export function describeIndexes(
  indexes: readonly IndexState[],
  outcomes: ReadonlyMap<string, CheckOutcome>,
): IndexFacts[] {
  const foundBy = (check: string) => outcomes.get(check)?.findings ?? [];
  const unused = new Set(foundBy('unused-indexes').map(({ object }) => object));
  const covers = new Map(
    foundBy('duplicate-indexes').map(({ object, evidence }) => [object, evidence.coveredBy]),
  );
  return indexes.map((index) => ({
    ...index,
    unused: unused.has(index.index),
    duplicateOf: covers.has(index.index) ? String(covers.get(index.index)) : null,
  }));
}
