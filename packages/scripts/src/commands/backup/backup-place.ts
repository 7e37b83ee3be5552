import type { Command } from 'commander';
import { findClientTools } from '../../backup/client-tools.js';
import { type BackupSettings, chooseOpener, parseBackupSettings } from '../../backup/settings.js';
import { type BackupStore, openLocalStore } from '../../backup/store.js';
import type { CommandContext } from '../../context.js';
import type { Target } from '../../target.js';

/** The options of every command that opens encrypted sets. */
export interface KeyOptions {
  identity?: string;
  keyEnv?: string;
}

/** Settings and store of this configuration. */
export async function openStore(
  context: CommandContext,
): Promise<{ settings: BackupSettings; store: BackupStore }> {
  const { config, repositoryRoot } = context;
  const settings = parseBackupSettings(config.env, { home: config.home, repositoryRoot });
  return { settings, store: await openLocalStore(settings.folder) };
}

/** The installed client tools. */
export const installedTools = (context: CommandContext) => findClientTools({ path: context.config.env.PATH });

/** Adds the options that say with what to decrypt. */
export function withKeyOptions(command: Command): Command {
  return command
    .option('--identity <file>', 'file with the secret age identity, instead of BACKUP_IDENTITY_FILE')
    .option('--key-env <name>', 'environment variable with the passphrase or identity');
}

/** What the given options decrypt with; undefined when nothing is configured. */
export const openerFor = (context: CommandContext, settings: BackupSettings, options: KeyOptions) =>
  chooseOpener(settings, { identityFile: options.identity, keyEnv: options.keyEnv, env: context.config.env });

/**
 * The logins of a drill or a restore: one that creates databases (ADMIN_DATABASE_URL, MIGRATE_DATABASE_URL, else the
 * embedded superuser), and one that reads every row.
 */
export async function restoreLogins(
  context: CommandContext,
  target: Target,
): Promise<{ adminUrl: string; readerUrl: string }> {
  const { urls } = context.config;
  const adminUrl =
    target.embedded === undefined && urls.admin === undefined
      ? await target.urlOf('migrator')
      : await target.urlOf('admin');
  const isAdmin = target.embedded !== undefined || urls.admin !== undefined;
  return { adminUrl, readerUrl: isAdmin ? adminUrl : await target.urlOf('backup') };
}
