// pnpm test:faults [--only name,...] [--seed N] [--minutes N] [--worlds N] [--json] [--report]: breaks a running system in every way
// that faults/cases knows, and checks that nothing that was promised was lost.
import { join } from 'node:path';
import { FAULTS } from './cases/all.js';
import { parseOptions, type SuiteOptions } from './options.js';
import { writeReport } from './report/reliability-page.js';
import { allViolations, type RoundResult } from './report/result.js';
import { cellsOf, textTable } from './report/table.js';
import { runSuite } from './suite.js';

const root = join(import.meta.dirname, '..');
const names = FAULTS.map(({ name }) => name);
const usage = `usage: pnpm test:faults [--only name,...] [--seed N] [--minutes N] [--worlds N] [--json] [--report]
  --only      these faults instead of all
  --seed N    the run to repeat; a run prints its seed
  --minutes N every fault once, then random ones until N minutes have passed (4)
  --worlds N  so many systems at once, which share the faults (1)
  --json      one JSON document on stdout
  --report    write faults/results/latest.json and docs/reliability.md
faults:
${FAULTS.map(({ name, what }) => `  ${name.padEnd(20)} ${what}`).join('\n')}`;
const log = (line: string) => process.stderr.write(`${line}\n`);

const options = readOptions();
if (options === undefined) process.exitCode = 2;
else if (options.help) log(usage);
else await run(options);

function readOptions(): SuiteOptions | undefined {
  try {
    return parseOptions(process.argv.slice(2), names, Math.floor(Math.random() * 2 ** 32));
  } catch (error) {
    log(`${(error as Error).message}\n${usage}`);
    return undefined;
  }
}

async function run({ only, seed, minutes, worlds, json, report }: SuiteOptions): Promise<void> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      log('stopping after the rounds that are going on');
      stop.abort();
      process.exitCode = signal === 'SIGINT' ? 130 : 143;
    });
  log(`seed ${seed}`);
  const result = await runSuite({
    root,
    faults: FAULTS.filter(({ name }) => only.length === 0 || only.includes(name)),
    seed,
    minutes,
    worlds,
    env: environmentForProcesses(),
    log,
    onRound: (round) => log(describeRound(round)),
    signal: stop.signal,
  });
  log(`\n${textTable(cellsOf(result, names))}`);
  for (const { fault, reason } of result.skipped) log(`skipped: ${fault}: ${reason}`);
  const violations = allViolations(result);
  log(
    violations.length === 0
      ? `nothing lost, duplicated or untrue in ${Math.round(result.durationMs / 1_000)} s (seed ${seed})`
      : `${violations.length} promises broken; the same faults again: pnpm test:faults --seed ${seed}${worlds === 1 ? '' : ` --worlds ${worlds}`}`,
  );
  if (json) process.stdout.write(`${JSON.stringify(result)}\n`);
  if (report && !stop.signal.aborted) await writeReport(root, result, FAULTS);
  if (violations.length > 0) process.exitCode = 1;
}

function describeRound({
  round,
  faults,
  operations,
  recoveryMs,
  violations,
  durationMs,
}: RoundResult): string {
  const recovered =
    recoveryMs === undefined ? 'not recovered' : `recovered in ${(recoveryMs / 1_000).toFixed(1)} s`;
  const broken = violations.map(({ kind, detail }) => `\n     ${kind}: ${detail}`);
  const shown =
    broken.length > 12 ? [...broken.slice(0, 12), `\n     and ${broken.length - 12} more`] : broken;
  return `${violations.length === 0 ? 'ok  ' : 'FAIL'} ${String(round).padStart(3)} ${faults.join(' + ')}: ${operations} operations, ${recovered}, ${(durationMs / 1_000).toFixed(1)} s${shown.join('')}`;
}

/** What started processes inherit: everything but a database of the user's own and this run's Node options. */
function environmentForProcesses(): Record<string, string> {
  const refused =
    /(^|_)DATABASE_URL$|^DB_|^PG[A-Z]+$|^PLINTH_|^BACKUP_|^NODE_OPTIONS$|^npm_|^PORT$|^NODE_ENV$|^REDIS_URL$/;
  const kept = Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value === undefined || refused.test(name) ? [] : [[name, value]],
    ),
  );
  // Each file is compiled once, not in every process.
  return { NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/compile'), ...kept };
}
