import { withScratchDatabase } from '../../src/migrate/scratch.js';

/** Holds a scratch database until it is killed. */
await withScratchDatabase(process.argv[2] ?? '', async ({ name }) => {
  process.send?.(name);
  await new Promise(() => setInterval(() => {}, 1_000));
});
