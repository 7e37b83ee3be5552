import { translateError } from '@plinth/db';
import { type Check, fail, pass } from './check.js';

/** The application's pool opens its minimum at once and reaches its maximum. */
export const connectionPool: Check = {
  name: 'connection pool',
  async run({ connect, settings, db: asking }) {
    const { poolMin, poolMax } = settings;
    const range = `${poolMin}..${poolMax} connections`;
    // The connection that asks counts: it is one of the application's too.
    const mine = asking.config.url === settings.url ? 1 : 0;
    const wanted = Math.max(poolMax - mine, 1);
    const db = await connect(settings.url, wanted);
    const { most } = await db.one<{ most: number }>(
      `select case when rolconnlimit >= 0 then least(rolconnlimit, server) else server end as most
         from pg_catalog.pg_roles, (
           select current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int as server) s
        where rolname = session_user`,
    );
    const opening = await Promise.allSettled(Array.from({ length: wanted }, () => db.pool.connect()));
    const opened = opening.filter((result) => result.status === 'fulfilled');
    for (const { value } of opened) value.release();
    const count = opened.length + mine;
    const refused = opening.find((result) => result.status === 'rejected');
    if (refused === undefined) return pass(`opened ${range} of the ${most} that the server allows`);
    const { message } = translateError(refused.reason) as Error;
    return fail(
      `only ${count} of ${range} opened: ${message}`,
      `set DB_POOL_MAX below ${Math.max(count, 1) + 1}, or raise the server's max_connections (${most} usable now) or the role's limit`,
    );
  },
};
