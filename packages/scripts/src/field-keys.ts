import { ConfigError, type KeyRing, parseFieldKeys } from '@plinth/db';
import { readSecrets } from '@plinth/db/embedded';
import type { CommandContext } from './context.js';

/** The keys of field encryption: FIELD_KEYS, or outside production those kept under PLINTH_HOME. Throws ConfigError. */
export async function readKeyRing({ config }: CommandContext): Promise<KeyRing> {
  const given = config.env.FIELD_KEYS;
  if (given) return parseFieldKeys(given);
  if (config.environment === 'production') {
    throw new ConfigError([
      'FIELD_KEYS: required in production; without it encrypted fields cannot be opened',
    ]);
  }
  return parseFieldKeys((await readSecrets(config.home)).fieldKeys);
}
