import { translateError } from '@plinth/db';
import { type Check, fail, pass } from './check.js';

/** The application's login can write, proved by writing this program's row of health_check. */
export const writeCapability: Check = {
  name: 'write capability',
  async run({ connect, settings }) {
    const db = await connect(settings.url);
    const { standby } = await db.one<{ standby: boolean }>('select pg_is_in_recovery() as standby');
    if (standby) return fail('the server is a standby', 'point DATABASE_URL at the primary');
    const startedAt = performance.now();
    try {
      await db.none(
        `insert into public.health_check (source) values ('cli')
         on conflict (source) do update set checked_at = now(), writes = health_check.writes + 1`,
      );
    } catch (thrown) {
      const error = translateError(thrown) as Error & { code?: string; sqlstate?: string };
      return fail(
        error.message,
        fixes[error.sqlstate ?? ''] ?? fixes[error.code ?? ''] ?? 'plinth migrate up',
      );
    }
    return pass(`wrote to health_check in ${(performance.now() - startedAt).toFixed(1)} ms`);
  },
};

const fixes: Record<string, string> = {
  read_only:
    'psql "$(plinth db url --role admin)" -c "alter role plinth_app reset default_transaction_read_only", and the same for the database',
  permission:
    'psql "$(plinth db url --role migrator)" -c "grant select, insert, update on public.health_check to plinth_app"',
  disk_full: "free space on the server's disk",
};
