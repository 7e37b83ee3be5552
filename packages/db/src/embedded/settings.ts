/** Written into the data directory on every start and included last by postgresql.conf. */
export const SETTINGS_FILE = 'plinth.conf';

const defaults: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  // Everything connects over loopback: no socket file, hence none to go stale or to outgrow 107 bytes.
  unix_socket_directories: '',
  password_encryption: 'scram-sha-256',
  shared_preload_libraries: 'pg_stat_statements',
  max_connections: '200',
  timezone: 'UTC',
  log_timezone: 'UTC',
  lc_messages: 'C',
  track_io_timing: 'on',
  log_line_prefix: '%m [%p] %q%u@%d ',
  log_lock_waits: 'on',
};

/** The text of the settings file; `extra` wins over ours, except for address and port. */
export function settingsText(port: number, extra: Record<string, string>): string {
  const { listen_addresses, unix_socket_directories } = defaults as Record<string, string>;
  const all = { ...defaults, ...extra, listen_addresses, unix_socket_directories, port: String(port) };
  const lines = Object.entries(all).map(([name, value]) => `${name} = ${quote(value ?? '')}`);
  return `# written by plinth on every start; lasting changes go into postgresql.conf\n${lines.join('\n')}\n`;
}

const quote = (value: string): string => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
