import { z } from 'zod';
import { moment } from '../../fields.js';
import { requiresOrOperator } from '../../route.js';

/** Who may look at the database: a permission, or the operators' token, which works while the database is down. */
export const mayRead = requiresOrOperator('database:read');

/** Numbers of statistics: whole or not, never infinite. */
export const number = z.number();
export const count = z.number().min(0);

/** When something was looked at, and how long ago; null before the first look. */
export const aged = { at: moment.nullable(), ageMs: z.number().nullable() };

/** Whether the monitor sees the database now; `error` is the code of why not. */
export const seen = { state: z.enum(['up', 'down']), error: z.string().nullable(), since: moment };

/** State and age, as every answer about the database begins. */
export function seenNow(monitor: {
  snapshot(): { state: 'up' | 'down'; error: string | null; since: string };
}): object {
  const { state, error, since } = monitor.snapshot();
  return { state, error, since };
}
