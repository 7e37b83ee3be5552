import type { EnvReader } from '../env.js';
import { PlinthError } from '../errors.js';
import { type KeyRing, parseFieldKeys } from './key-ring.js';

/**
 * FIELD_KEYS as a key ring; what is wrong with it, or that it is missing, becomes a problem of the configuration, so
 * that nothing starts that could not open what is stored. Outside production the caller fills it in from PLINTH_HOME.
 */
export function readFieldKeys(reader: EnvReader): KeyRing | undefined {
  const text = reader.text('FIELD_KEYS');
  if (text === undefined) {
    reader.problem(
      "FIELD_KEYS: not set (make a key with: openssl rand -base64 32 | tr '+/' '-_' | tr -d '=')",
    );
    return undefined;
  }
  try {
    return parseFieldKeys(text);
  } catch (error) {
    if (!(error instanceof PlinthError)) throw error;
    reader.problem(error.message);
    return undefined;
  }
}
