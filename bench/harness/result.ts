import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BenchCase, PreparedCase, Size } from './bench-case.js';
import { assertEqualSides, measure } from './measure.js';
import { ratioTo, type Spread, spreadOf } from './statistics.js';

export interface SideResult extends Spread {
  name: string;
  /** Operations per second at the median; null where samples are not times of all operations. */
  perSecond: number | null;
  /** Raw, in the order of the rounds. */
  samples: number[];
}

export interface SizeResult {
  size: Size;
  sides: SideResult[];
  /** How many times the subject's time or memory each rival needs, in this run. */
  ratios: { rival: string; ratio: Spread }[];
}

export interface CaseResult {
  case: string;
  question: string;
  quick: boolean;
  /** Of all samples. */
  unit: 'ms' | 'MB';
  subject: string | null;
  facts: Record<string, unknown>;
  results: SizeResult[];
}

/** Asserts that the sides are equal, times them at every size, and answers the numbers with their raw samples. */
export async function runCase(
  bench: BenchCase,
  prepared: PreparedCase,
  { quick, log, now }: { quick: boolean; log: (line: string) => void; now?: () => number },
): Promise<CaseResult> {
  await assertEqualSides(prepared.sides);
  const results: SizeResult[] = [];
  for (const size of bench.sizes(quick)) {
    log(`${bench.name}: ${size.name}, ${size.rounds} rounds of ${size.operations}`);
    const samples = await measure(prepared.sides, size, now);
    results.push(describeSize(size, samples, bench));
  }
  const { name, question, sample, subject = null } = bench;
  const unit = sample === 'memory' ? 'MB' : 'ms';
  return { case: name, question, quick, unit, subject, facts: prepared.facts, results };
}

function describeSize(
  size: Size,
  samples: Map<string, number[]>,
  { subject, sample }: Pick<BenchCase, 'subject' | 'sample'>,
): SizeResult {
  const sides = [...samples].map(([name, raw]) => {
    const spread = spreadOf(raw);
    const perSecond = sample === undefined ? (size.operations / spread.median) * 1000 : null;
    return { name, ...spread, perSecond, samples: raw };
  });
  const ours = subject === undefined ? undefined : samples.get(subject);
  const rivals = ours === undefined ? [] : [...samples].filter(([name]) => name !== subject);
  const ratios = rivals.map(([rival, theirs]) => ({ rival, ratio: ratioTo(ours ?? [], theirs) }));
  return { size, sides, ratios };
}

/**
 * Writes `<folder>/<case>.json`; a quick run goes to `quick/` and one with so many rows as were asked for to `rows-<n>/`,
 * where they cannot replace a full one. Answers the path.
 */
export async function writeResult(
  folder: string,
  result: CaseResult,
  machine: object,
  askedRows?: number,
): Promise<string> {
  const target = result.quick
    ? join(folder, 'quick')
    : askedRows === undefined
      ? folder
      : join(folder, `rows-${askedRows}`);
  await mkdir(target, { recursive: true });
  const path = join(target, `${result.case}.json`);
  await writeFile(path, `${JSON.stringify({ ...result, machine }, undefined, 2)}\n`);
  return path;
}
