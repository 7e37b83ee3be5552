import pg from 'pg';

/** A rival's pool: as large as ours, in the same time zone, otherwise as pg makes it. */
export function openPool(connectionString: string, max: number): pg.Pool {
  const pool = new pg.Pool({ connectionString, max, options: '-c TimeZone=UTC' });
  // end() does not wait for its connections; one that the stopping server closes first is no failure.
  pool.on('error', () => {});
  return pool;
}
