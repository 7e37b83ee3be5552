import type { RestoreProgress } from '../../backup/staged-dump.js';
import type { Output, Progress } from '../../output.js';

/** Shows people how far a restore is: one bar for each part of it. */
export function showRestore(output: Output): {
  onProgress: (progress: RestoreProgress) => void;
  end: () => void;
} {
  let shown: { what: string; total: number; bar: Progress } | undefined;
  // A part is over when the next one begins: then all of it is done.
  const end = () => {
    shown?.bar.end(shown.total);
    shown = undefined;
  };
  return {
    end,
    onProgress({ what, done, total, unit, table }) {
      if (shown?.what !== what) {
        end();
        shown = { what, total, bar: output.progress(what, Math.max(total, 1), unit) };
      }
      shown.bar.update(done, table);
    },
  };
}
