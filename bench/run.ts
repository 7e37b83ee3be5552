// pnpm bench [case...] [--quick] [--check] [--rows N] [--growth] [--json] [--report]: times cases, holds them against
// bench/goals.json and writes docs/performance.md.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { apiBlocksCase, apiByIdCase, apiLoadCase, apiPageCase, memoryCase } from './cases/api.js';
import { apiMixedCase } from './cases/api-mixed.js';
import { backupCase } from './cases/backup.js';
import { byIdCase } from './cases/by-id.js';
import { migrationsCase } from './cases/migrations.js';
import { monitorCase } from './cases/monitor.js';
import { ownerRowsCase } from './cases/owner-rows.js';
import { pageCase } from './cases/page.js';
import { probesCase } from './cases/probes.js';
import { restoreCase } from './cases/restore.js';
import { seedCase } from './cases/seed.js';
import { startUpCase } from './cases/start-up.js';
import { writesCase } from './cases/writes.js';
import type { BenchCase, CaseContext } from './harness/bench-case.js';
import { openBenchDatabase } from './harness/database.js';
import { checkGoals, describeGoal, type Goal, type GoalReport } from './harness/goals.js';
import { describeMachine } from './harness/machine.js';
import { writePerformancePage } from './harness/performance-page.js';
import { type CaseResult, runCase, writeResult } from './harness/result.js';
import { tableOf } from './harness/table.js';

const cases: BenchCase[] = [
  byIdCase,
  pageCase,
  ownerRowsCase,
  writesCase,
  apiByIdCase,
  apiPageCase,
  apiBlocksCase,
  apiLoadCase,
  apiMixedCase,
  migrationsCase,
  monitorCase,
  probesCase,
  seedCase,
  backupCase,
  restoreCase,
  startUpCase,
  memoryCase,
];
/** Names for several cases together. */
const groups: Record<string, readonly string[]> = {
  reads: ['by-id', 'page', 'owner-rows'],
  api: ['api-by-id', 'api-page', 'api-blocks', 'api-load'],
};
/** Beside the million of the sizes themselves. */
const GROWTH_ROWS = [10_000, 100_000];
const root = join(import.meta.dirname, '..');
const usage = `usage: pnpm bench [case...] [--quick] [--check] [--rows N] [--growth] [--json] [--report]
cases: ${cases.map(({ name }) => name).join(', ')} (all unless named); reads: the first three; api: by id, page, blocks, load (api-mixed takes eleven minutes more)
  --quick   small sizes; results go to bench/results/quick
  --check   exit 1 where a goal of bench/goals.json is missed
  --rows N  so many rows instead of the size's own; results go to bench/results/rows-N
  --growth  the cases whose cost may depend on the rows, with 10,000 and 100,000 of them
  --json    one JSON document on stdout
  --report  measure nothing; write docs/performance.md again from bench/results`;
const log = (line: string) => process.stderr.write(`${line}\n`);

const options = readOptions();
if (options === undefined) process.exitCode = 2;
else if (options.help) log(usage);
else if (options.report) await report();
else await run(options);

function readOptions() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        quick: { type: 'boolean', default: false },
        check: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
        report: { type: 'boolean', default: false },
        rows: { type: 'string' },
        growth: { type: 'boolean', default: false },
      },
    });
    const names = positionals.flatMap((name) => groups[name] ?? [name]);
    const unknown = names.find((name) => !cases.some((bench) => bench.name === name));
    if (unknown !== undefined) throw new Error(`no case "${unknown}"`);
    const rows = values.rows === undefined ? undefined : Number(values.rows);
    // Every side reads ids that exist; fewer rows than are compared would compare misses with misses.
    if (rows !== undefined && !(Number.isInteger(rows) && rows >= 1000 && rows <= 100_000_000)) {
      throw new Error(`--rows ${values.rows} is not a number from 1000 to 100000000`);
    }
    const chosen = names.length === 0 ? cases : cases.filter(({ name }) => names.includes(name));
    const counts = values.growth ? GROWTH_ROWS : [rows];
    return { ...values, counts, chosen: values.growth ? chosen.filter(({ grows }) => grows) : chosen };
  } catch (error) {
    log(`${(error as Error).message}\n${usage}`);
    return undefined;
  }
}

async function run({ chosen, quick, check, json, counts }: NonNullable<typeof options>): Promise<void> {
  const goals: Record<string, Goal[]> = JSON.parse(await readFile(join(root, 'bench/goals.json'), 'utf8'));
  const machine = describeMachine(root, new Date());
  const databaseUrl = process.env.DATABASE_URL || undefined;
  const context: CaseContext = {
    root,
    quick,
    rows: undefined,
    env: environmentForProcesses(),
    log,
    openDatabase: () => openBenchDatabase(root, databaseUrl, log),
  };
  const results: CaseResult[] = [];
  const reports: GoalReport[] = [];
  for (const { bench, rows } of counts.flatMap((rows) => chosen.map((bench) => ({ bench, rows })))) {
    const prepared = await bench.prepare({ ...context, rows });
    try {
      const result = await runCase(bench, prepared, { quick, log });
      results.push(result);
      log(tableOf(result));
      log(`written to ${await writeResult(join(root, 'bench/results'), result, machine, rows)}`);
      // The goals are those of the sizes that the cases choose themselves.
      if (rows === undefined) reports.push(...checkGoals(goals[bench.name] ?? [], result));
    } finally {
      await prepared.close();
    }
  }
  if (!quick) await report();
  for (const one of reports) log(describeGoal(one));
  if (json) process.stdout.write(`${JSON.stringify({ machine, results, goals: reports })}\n`);
  if (check && reports.some(({ met }) => !met)) process.exitCode = 1;
}

/** Writes the page of all full results. */
async function report(): Promise<void> {
  await writePerformancePage(root);
  log('written to docs/performance.md and docs/performance.svg');
}

/** What a process started by a case inherits: everything but a database of the user's own and this run's Node options. */
function environmentForProcesses(): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    ([name]) =>
      !/(^|_)DATABASE_URL$|^DB_|^PG[A-Z]+$|^PLINTH_|^NODE_OPTIONS$|^npm_|^PORT$|^NODE_ENV$/.test(name),
  );
  return Object.fromEntries(kept.map(([name, value]) => [name, value ?? '']));
}
