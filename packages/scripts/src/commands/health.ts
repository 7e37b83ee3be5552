import { type DatabaseConfig, PlinthError, parseDatabaseConfig } from '@plinth/db';
import { embeddedStatus, embeddedUrl } from '@plinth/db/embedded';
import type { Command } from 'commander';
import type { CommandContext } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { ExitWith } from '../failure.js';
import { askApi } from '../health/ask-api.js';
import { askDatabase, type HealthBody } from '../health/ask-database.js';
import { findRunning } from '../up/running.js';

const help = `
Asks the API that \`up\` started here, or the one --url names; without either the database itself. The body is that
of GET /health/db. Ends with 0 when healthy, 1 when not, 10 when nothing answers. It starts nothing.`;

/** `plinth health`: is the system healthy now? */
export function registerHealth(program: Command, context: CommandContext): void {
  program
    .command('health')
    .description('ask the running API, or the database directly, whether all is well')
    .option('--url <url>', 'address of an API, such as https://api.example.com')
    .option('--database', 'ask the database directly, whatever runs')
    .addHelpText('after', help)
    .action(async (options: { url?: string; database?: boolean }) => {
      const { config, output } = context;
      const running = options.database ? undefined : await findRunning(config.home);
      const api = options.url ?? (running && `http://127.0.0.1:${running.port}`);
      const body =
        api !== undefined && !options.database
          ? await askApi(api, config.env.OPS_TOKEN)
          : await askDatabase(await readSettings(context));
      output.answer(body, describeHealth(body, api ?? 'database'));
      if (body.status !== 'ok') throw new ExitWith(exitCodes.failed);
    });
}

/** The application's settings; the embedded server is asked only when it runs. Throws `unavailable`. */
async function readSettings(context: CommandContext): Promise<DatabaseConfig> {
  const { config } = context;
  if (config.urls.app !== undefined) return parseDatabaseConfig(config.env);
  const { home } = config;
  if (!(await embeddedStatus({ home })).running) {
    throw new PlinthError('unavailable', 'neither the API nor the embedded database runs here', {
      fix: 'npm start, or name what to ask: --url, or DATABASE_URL',
    });
  }
  return parseDatabaseConfig({ ...config.env, DATABASE_URL: await embeddedUrl({ home, role: 'app' }) });
}

/** The verdict, and one line per fact. */
function describeHealth(body: HealthBody, asked: string): string {
  const facts = Object.entries(body.details.database ?? {}).map(
    ([name, value]) => `  ${name.padEnd(16)}  ${wordsOf(value)}`,
  );
  return [`${body.status === 'ok' ? 'healthy' : 'not healthy'} (asked ${asked})`, ...facts].join('\n');
}

/** A value for people: `up, ms 0.62`; programs take --json. */
function wordsOf(value: unknown): string {
  if (value === null || (Array.isArray(value) && value.length === 0)) return 'none';
  if (Array.isArray(value)) return value.map(wordsOf).join(', ');
  if (typeof value === 'number')
    return String(Number.isInteger(value) ? value : Number(value.toPrecision(3)));
  if (typeof value !== 'object') return String(value);
  return Object.entries(value)
    .map(([name, part]) => (name === 'status' ? wordsOf(part) : `${name} ${wordsOf(part)}`))
    .join(', ');
}
