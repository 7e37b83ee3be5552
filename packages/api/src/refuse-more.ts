import type { Sql } from '@plinth/db';
import { lockUser } from './auth/lock-user.js';
import { ApiError } from './errors.js';

/** What the acting user may have no more of. */
interface Bound {
  max: number;
  /** Answers as `count` how many the user $1 has. */
  count: string;
  /** What to do about it. */
  detail: string;
}

/** Throws ApiError `conflict` once the acting user has `max` of something. Of two requests at once the second counts what the first made. */
export async function refuseMore(sql: Sql, userId: string, { max, count, detail }: Bound): Promise<void> {
  await lockUser(sql, userId);
  const found = await sql.one<{ count: number }>(count, [userId]);
  if (found.count >= max) throw new ApiError('conflict', detail);
}
