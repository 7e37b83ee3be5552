import type { TestDatabase } from '@plinth/db/testing';
import { type Monitor, type MonitorOptions, openMonitor, parseMonitorConfig } from '../../src/monitor.js';

/** A monitor that looks only when told, as plinth_readonly, with every setting at its default unless given. */
export function openTestMonitor(database: TestDatabase, options: Partial<MonitorOptions> = {}): Monitor {
  return openMonitor({
    ...parseMonitorConfig({}),
    readonlyUrl: database.url('readonly'),
    continuous: false,
    ...options,
  });
}
