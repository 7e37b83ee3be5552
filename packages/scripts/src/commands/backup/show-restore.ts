import type { RestoreProgress } from '../../backup/staged-dump.js';
import type { Output, Progress } from '../../output.js';

/** Shows people how far a restore is: one bar for each part of it. */
export function showRestore(output: Output): (progress: RestoreProgress) => void {
  let shown: { what: string; bar: Progress } | undefined;
  return ({ what, done, total, unit, table }) => {
    if (shown?.what !== what) {
      shown?.bar.end();
      shown = { what, bar: output.progress(what, Math.max(total, 1), unit) };
    }
    shown.bar.update(done, table);
  };
}
