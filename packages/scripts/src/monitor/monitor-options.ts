import { MIGRATIONS_DIR, parseDatabaseConfig } from '@plinth/db';
import { type MonitorEvent, type MonitorOptions, parseMonitorConfig } from '@plinth/db/monitor';
import type { CommandContext } from '../context.js';
import type { Output } from '../output.js';
import type { Target } from '../target.js';

/** A monitor that tells alerts and keeps a history: looks as the readonly role, writes as the worker's. Throws ConfigError. */
export async function readMonitorOptions(
  { config, output }: Pick<CommandContext, 'config' | 'output'>,
  target: Target,
): Promise<MonitorOptions> {
  if (target.embedded === undefined && config.urls.readonly === undefined)
    output.say(
      'monitoring: without READONLY_DATABASE_URL sessions of other roles are hidden, and some checks skipped',
    );
  const settings = parseMonitorConfig(config.env);
  const readonlyUrl = await target.urlOf('readonly');
  const { ssl, sslCa } = parseDatabaseConfig({ ...config.env, DATABASE_URL: readonlyUrl });
  return {
    ...settings,
    readonlyUrl,
    tls: { ssl, sslCa },
    workerUrl: await target.urlOf('worker'),
    migrationsDir: MIGRATIONS_DIR,
  };
}

/** Says what an operator has to hear: alerts, and what keeps them from being told. */
export function sayMonitorEvent({ say }: Pick<Output, 'say'>, event: MonitorEvent): void {
  if (event.type === 'alert') {
    const { state, severity, rule, message } = event.alert;
    say(`alert ${state}: ${severity} ${rule}: ${message}`);
  }
  if (event.type === 'webhook_failed') say(`alerts wait: ${event.reason}`);
  if (event.type === 'store_failed') say(`history and alerts were not written: ${event.code}`);
}
