import type { BenchDatabase } from './database.js';

/** One load under which all sides of a case are timed. */
export interface Size {
  /** Names the load in results and goals, such as "32 callers". */
  name: string;
  callers: number;
  /** What one sample consists of; all callers together. */
  operations: number;
  warmups: number;
  rounds: number;
}

/** One way to do the work. */
export interface Side {
  name: string;
  /** What it returns, with the size of its pool: must equal every other side's before anything is timed. */
  answer(): Promise<unknown>;
  /** Does the work of one sample. Answers its milliseconds where only a part of the work is to count, or its megabytes. */
  run(size: Size): Promise<number | undefined>;
}

export interface PreparedCase {
  sides: Side[];
  /** What a reader needs to judge the numbers: rows, pool size, what was left out of the timing. */
  facts: Record<string, unknown>;
  close(): Promise<void>;
}

export interface CaseContext {
  root: string;
  quick: boolean;
  /** `--rows`, where it was given. */
  rows: number | undefined;
  /** The environment without databases of the user's own; for processes that a case starts. */
  env: Record<string, string>;
  log(line: string): void;
  /** Opens the migrated bench database, made on first use. */
  openDatabase(): Promise<BenchDatabase>;
}

/** A question that a number answers. One file under bench/cases, named like the case. */
export interface BenchCase {
  name: string;
  question: string;
  /** What it measures depends on how many rows there are. */
  grows?: true;
  /** The side whose ratio to every other side is reported; absent where sides are not rivals. */
  subject?: string;
  /** What a sample is where it is not the time of all its operations: that of single ones, or megabytes. No rate follows from either. */
  sample?: 'latency' | 'memory';
  sizes(quick: boolean): Size[];
  prepare(context: CaseContext): Promise<PreparedCase>;
}
