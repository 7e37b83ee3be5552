import { isLocalHost } from '@plinth/db';
import { type Check, fail, pass } from './check.js';

/** The connection is encrypted as DB_SSL asks; without it only on this machine. */
export const encryption: Check = {
  name: 'encryption',
  async run({ connect, settings }) {
    const db = await connect(settings.url);
    const tls = await db.one<{ on: boolean; version: string | null }>(
      'select ssl as on, version from pg_catalog.pg_stat_ssl where pid = pg_backend_pid()',
    );
    const local = isLocalHost(new URL(settings.url).hostname);
    if (tls.on) {
      const checked =
        settings.ssl === 'verify-full' ? 'server certificate verified' : 'server certificate not verified';
      if (settings.ssl === 'verify-full' || local) return pass(`${tls.version}, ${checked}`);
      return fail(
        `${tls.version}, ${checked}`,
        'set DB_SSL=verify-full, and DB_SSL_CA to the authority that signed it',
      );
    }
    if (local) return pass('off: the server is on this machine');
    return fail(
      'off, and the server is on another machine',
      'set DB_SSL=verify-full, and DB_SSL_CA to the authority that signed the server certificate',
    );
  },
};
