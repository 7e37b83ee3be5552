import { PASSWORD, PEPPER, SETTINGS } from './settings.js';

/** What secrets look like that no test has to name: tokens, keys, secrets of webhooks, hashes of passwords. */
const SHAPES = [
  /eyJ[\w-]{8,}\.[\w-]{8,}/,
  /plinth_(?:live|test)_[0-9A-Za-z]{12}_/,
  /whsec_/,
  /\$argon2/,
  /Bearer [\w-]{8,}/,
];

/**
 * Throws when a secret was logged: one that was handed out, one of the settings, or anything of that shape. Every test
 * of the API ends with it, and its logger takes nothing out, so that it shows what would be logged without the net.
 */
export function expectNoSecrets(logs: readonly object[], handedOut: readonly string[]): void {
  const settings = ['TOKEN_SIGNING_KEY', 'CURSOR_KEY', 'FIELD_KEYS'].map((name) => SETTINGS[name] ?? '');
  const secrets = [...handedOut, ...settings, PASSWORD, PEPPER].filter((secret) => (secret ?? '').length > 7);
  for (const line of logs) {
    const text = JSON.stringify(line);
    const found = secrets.find((secret) => text.includes(secret)) ?? SHAPES.find((shape) => shape.test(text));
    if (found !== undefined) throw new Error(`a secret was logged (${found}): ${text.slice(0, 500)}`);
  }
}
