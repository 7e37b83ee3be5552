import type { Env } from '@plinth/db';

/** What the tools may inherit: nothing of libpq's own variables, no settings and no secrets of ours. */
const INHERITED = ['PATH', 'HOME', 'TMPDIR', 'TZ', 'SystemRoot', 'LD_LIBRARY_PATH'];

/**
 * The environment through which PostgreSQL's programs connect as `url` says. The password travels here and not
 * in the arguments, which every user of the machine can read.
 */
export function connectionEnv(
  url: string,
  options: { env?: Env; applicationName?: string } = {},
): Record<string, string> {
  const parsed = new URL(url);
  const inherited = Object.fromEntries(
    INHERITED.flatMap((name) => (options.env?.[name] ? [[name, options.env[name] as string]] : [])),
  );
  const parts: Record<string, string> = {
    PGHOST: parsed.searchParams.get('host') ?? parsed.hostname.replace(/^\[|\]$/g, ''),
    PGPORT: parsed.port || '5432',
    PGUSER: decodeURIComponent(parsed.username),
    PGPASSWORD: decodeURIComponent(parsed.password),
    PGDATABASE: decodeURIComponent(parsed.pathname.slice(1)),
    PGSSLMODE: parsed.searchParams.get('sslmode') ?? '',
    PGSSLROOTCERT: parsed.searchParams.get('sslrootcert') ?? '',
    PGAPPNAME: options.applicationName ?? 'plinth',
    // A role's own time limits are for requests, not for a dump that takes an hour.
    PGOPTIONS: '-c statement_timeout=0 -c idle_in_transaction_session_timeout=0 -c TimeZone=UTC',
    PGCONNECT_TIMEOUT: '10',
  };
  return { ...inherited, ...Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== '')) };
}
