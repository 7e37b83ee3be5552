import { PlinthError } from '../errors.js';

/** Throws `refused` in production unless the caller said that it knows. */
export function refuseProduction(what: string, options: { environment: string; iKnow: boolean }): void {
  if (options.environment !== 'production' || options.iKnow) return;
  throw new PlinthError(
    'refused',
    `${what} is refused in production: it writes invented rows with known passwords`,
    {
      fix: 'add --i-know if this production database is meant to hold invented rows',
    },
  );
}
