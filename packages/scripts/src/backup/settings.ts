import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ConfigError, type Env, PlinthError, parseEnv } from '@plinth/db';
import { type AgeKey, type AgeOpener, createOpener, recipientOf } from './age.js';

/** Settings of backups, from the environment. */
export interface BackupSettings {
  /** Absolute. */
  folder: string;
  retentionDays: number;
  /** undefined: no compression. */
  zstdLevel: number | undefined;
  recipients: string[];
  requireEncryption: boolean;
  /** A file of age identities, one per line; absolute. */
  identityFile: string | undefined;
}

const DEFAULT_ZSTD_LEVEL = 3;

/** Reads the BACKUP_ settings. Relative paths count from the repository. Throws ConfigError. */
export function parseBackupSettings(
  env: Env,
  places: { home: string; repositoryRoot: string },
): BackupSettings {
  return parseEnv(env, (reader) => {
    const zstdLevel = parseCompression(reader.text('BACKUP_COMPRESS', 'zstd:3'), (message) =>
      reader.problem(`BACKUP_COMPRESS: ${message}`),
    );
    const identityFile = reader.text('BACKUP_IDENTITY_FILE');
    return {
      folder: resolve(places.repositoryRoot, reader.text('BACKUP_DIR', `${places.home}/backups`)),
      retentionDays: reader.int('BACKUP_RETENTION_DAYS', 7, 0, 36_500),
      zstdLevel,
      recipients: reader
        .text('BACKUP_RECIPIENT', '')
        .split(/[\s,]+/)
        .filter((part) => part !== ''),
      requireEncryption: reader.flag('BACKUP_REQUIRE_ENCRYPTION', false),
      identityFile: identityFile === undefined ? undefined : resolve(places.repositoryRoot, identityFile),
    };
  });
}

/** The zstd level of `zstd:3`, `zstd` or `true`; undefined of `none` and `false`. */
export function parseCompression(text: string, problem: (message: string) => void): number | undefined {
  if (/^(none|false|no|off|0)$/i.test(text)) return undefined;
  if (/^(zstd|true|yes|on|1)$/i.test(text)) return DEFAULT_ZSTD_LEVEL;
  const level = Number(/^zstd:(\d+)$/.exec(text)?.[1] ?? Number.NaN);
  if (level >= 1 && level <= 19) return level;
  problem(`"${text}" is neither zstd:1 to zstd:19 nor none`);
  return DEFAULT_ZSTD_LEVEL;
}

/**
 * What to encrypt with: the given recipients, or the secret in the environment variable `keyEnv` (an age identity, or a
 * passphrase of 12 characters or more), or BACKUP_RECIPIENT. undefined: not at all. Throws ConfigError, `refused`.
 */
export async function chooseKey(
  settings: BackupSettings,
  given: { recipients: readonly string[]; keyEnv: string | undefined; env: Env },
): Promise<AgeKey | undefined> {
  if (given.keyEnv !== undefined) {
    const secret = secretOf(given.env, given.keyEnv);
    return isIdentity(secret) ? { recipients: [await recipientOf(secret)] } : { passphrase: secret };
  }
  const recipients = given.recipients.length > 0 ? given.recipients : settings.recipients;
  if (recipients.length > 0) return { recipients };
  if (!settings.requireEncryption) return undefined;
  throw new PlinthError('refused', 'BACKUP_REQUIRE_ENCRYPTION is set and no recipient is', {
    fix: 'set BACKUP_RECIPIENT, or give --encrypt <age recipient>',
  });
}

/** What to decrypt with, undefined when nothing was given. Throws `key_missing` for a file that cannot be read. */
export async function chooseOpener(
  settings: BackupSettings,
  given: { identityFile: string | undefined; keyEnv: string | undefined; env: Env },
): Promise<AgeOpener | undefined> {
  if (given.keyEnv !== undefined) {
    const secret = secretOf(given.env, given.keyEnv);
    return createOpener(isIdentity(secret) ? { identities: [secret] } : { passphrase: secret });
  }
  const path = given.identityFile ?? settings.identityFile;
  if (path === undefined) return undefined;
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new PlinthError('key_missing', `the key file ${path} cannot be read (${cause.code})`, {
      cause,
      fix: 'give the path of the file that age-keygen wrote',
    });
  });
  const identities = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter(isIdentity);
  if (identities.length === 0)
    throw new PlinthError('key_missing', `${path} holds no age identity`, {
      fix: 'it needs a line that begins with AGE-SECRET-KEY-1',
    });
  return createOpener({ identities });
}

const isIdentity = (text: string): boolean => /^AGE-SECRET-KEY-/.test(text);

function secretOf(env: Env, name: string): string {
  const secret = env[name];
  if (!secret) throw new ConfigError([`${name}: named as the key's variable and not set`]);
  if (secret.length < 12) throw new ConfigError([`${name}: a passphrase needs 12 characters or more`]);
  return secret;
}
