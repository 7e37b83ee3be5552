import { ConfigError } from '@plinth/db';
import { readSecrets } from '@plinth/db/embedded';
import type { CommandContext } from './context.js';

/**
 * The pepper of the API that is to check the passwords: PASSWORD_PEPPER, or outside production the one kept under
 * PLINTH_HOME. Throws ConfigError.
 */
export async function readPepper({ config }: Pick<CommandContext, 'config'>): Promise<string> {
  const given = config.env.PASSWORD_PEPPER;
  if (given) return given;
  if (config.environment === 'production') {
    throw new ConfigError([
      'PASSWORD_PEPPER: required in production; without it the API could not check the password',
    ]);
  }
  return (await readSecrets(config.home)).passwordPepper;
}
