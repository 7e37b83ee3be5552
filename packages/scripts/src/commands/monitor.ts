import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { PlinthError } from '@plinth/db';
import { checks, findingsSchema, type MonitorOptions, openMonitor, parseIgnores } from '@plinth/db/monitor';
import type { Command } from 'commander';
import type { CommandContext } from '../context.js';
import { type ExitCode, exitCodes } from '../exit-codes.js';
import { ExitWith } from '../failure.js';
import { describeBlock, describeReport } from '../monitor/describe.js';
import { readMonitorOptions, sayMonitorEvent } from '../monitor/monitor-options.js';
import { openTarget } from '../target.js';

const help = `
Without --once it looks at every MONITORING_INTERVAL and prints one block each time, keeps a history in
metric_snapshots, and tells alerts (table alerts, ALERT_WEBHOOK_URL); of several such processes one tells.
With --once it looks once, writes nothing, and ends with 0 when all is well (remarks count as well), 30 when there are
warnings, 31 when something is critical, 10 when the server cannot be reached.
--ignores names a JSON file: [{"check", "object" (may hold *), "reason", "until"}].`;

interface Options {
  once?: boolean;
  watch?: boolean;
  schema?: boolean;
  ignores?: string;
}

/** `plinth monitor`: what is wrong, why, and what repairs it. */
export function registerMonitor(program: Command, context: CommandContext): void {
  program
    .command('monitor')
    .description('watch the database: what is wrong, why, and what repairs it')
    .option('--once', 'look once and end')
    .option('--watch', 'redraw the screen instead of adding blocks')
    .option('--ignores <file>', 'findings not to report, each with a reason and an end')
    .option('--schema', 'print the JSON Schema of `--once --json`')
    .addHelpText('after', help)
    .action(async (options: Options) => {
      if (options.schema)
        return context.output.answer(findingsSchema, JSON.stringify(findingsSchema, null, 2));
      if (context.output.json && !options.once)
        throw new PlinthError('usage', '--json is for one look', { fix: 'add --once' });
      if (options.once) await lookOnce(context, await readOptions(context, options));
      else await watch(context, await readOptions(context, options), options.watch === true);
    });
}

async function readOptions(context: CommandContext, { ignores }: Options): Promise<MonitorOptions> {
  const options = await readMonitorOptions(context, await openTarget(context));
  if (ignores === undefined) return options;
  return { ...options, ignores: await readIgnores(resolve(context.repositoryRoot, ignores)) };
}

async function readIgnores(path: string) {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new PlinthError('config_invalid', `ignores: ${path} cannot be read`, { cause });
  });
  return parseIgnores(
    text,
    checks.map(({ id }) => id),
  );
}

async function lookOnce(
  { output, defer }: CommandContext,
  { workerUrl: _, ...options }: MonitorOptions,
): Promise<void> {
  const monitor = openMonitor({ ...options, continuous: false });
  defer(() => monitor.close());
  await monitor.collect([1, 2, 3]);
  const { state, error } = monitor.snapshot();
  if (state === 'down')
    throw new PlinthError(error ?? 'unavailable', `the database cannot be looked at: ${error}`);
  const report = monitor.findings();
  output.answer(report, describeReport(report));
  const codes: Record<string, ExitCode> = { warning: exitCodes.warnings, critical: exitCodes.critical };
  const code = codes[report.worst ?? ''];
  if (code !== undefined) throw new ExitWith(code);
}

/** Runs until a signal ends it. */
async function watch(
  { output, defer, signal }: CommandContext,
  options: MonitorOptions,
  redraw: boolean,
): Promise<void> {
  const monitor = openMonitor({
    ...options,
    onEvent(event) {
      if (event.type === 'collected')
        output.answer(
          undefined,
          `${redraw ? '\x1b[2J\x1b[H' : ''}${describeBlock(monitor, options.intervalMs)}\n`,
        );
      sayMonitorEvent(output, event);
    },
  });
  defer(() => monitor.close());
  // The monitor's own timer would let the process end.
  const alive = setInterval(() => {}, 60_000);
  await new Promise<void>((done) => signal.addEventListener('abort', () => done(), { once: true }));
  clearInterval(alive);
}
