import type { CaseResult } from './result.js';

/** What a case has to reach: a ratio to a rival in the same run, or a time of a side; both at the median. */
export type Goal =
  | { size: string; rival: string; minRatio: number }
  | { size: string; side: string; maxMs: number };

export interface GoalReport {
  case: string;
  goal: Goal;
  /** The measured ratio or milliseconds; null where the run did not measure it. */
  measured: number | null;
  met: boolean;
}

/** Holds a result against its goals. What was not measured is not met. */
export function checkGoals(goals: readonly Goal[], result: CaseResult): GoalReport[] {
  return goals.map((goal) => {
    const at = result.results.find(({ size }) => size.name === goal.size);
    if ('rival' in goal) {
      const measured = at?.ratios.find(({ rival }) => rival === goal.rival)?.ratio.median ?? null;
      return { case: result.case, goal, measured, met: measured !== null && measured >= goal.minRatio };
    }
    const measured = at?.sides.find(({ name }) => name === goal.side)?.median ?? null;
    return { case: result.case, goal, measured, met: measured !== null && measured <= goal.maxMs };
  });
}

/** The report on a side at a size, whether its goal is a ratio to it or its own time. */
export function reportOn(reports: readonly GoalReport[], size: string, side: string): GoalReport | undefined {
  return reports.find(
    ({ goal }) => goal.size === size && ('rival' in goal ? goal.rival : goal.side) === side,
  );
}

/** One line a person can read. */
export function describeGoal({ case: name, goal, measured, met }: GoalReport): string {
  const verdict = met ? 'met   ' : 'MISSED';
  if ('rival' in goal) {
    const ratio = measured === null ? 'not measured, to be' : measured.toFixed(2);
    return `${verdict} ${name}, ${goal.size}: ${ratio} times as fast as ${goal.rival} (goal ${goal.minRatio})`;
  }
  const time = measured === null ? 'not measured' : `${measured.toFixed(0)} ms`;
  return `${verdict} ${name}, ${goal.size}: ${goal.side} takes ${time} (goal ${goal.maxMs} ms)`;
}
