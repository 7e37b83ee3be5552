import type { Command } from 'commander';
import { formatBytes, formatSpan, summarize } from '../../backup/inventory.js';
import type { CommandContext } from '../../context.js';
import { formatTable } from '../../output.js';
import { openStore } from './backup-place.js';

/** `plinth backup list`: what is in the store, from the store alone. */
export function registerList(backup: Command, context: CommandContext): void {
  backup
    .command('list')
    .description('list the backups, newest last; needs no database')
    .action(async () => {
      const { store } = await openStore(context);
      const { sets, unreadable } = await store.list();
      const backups = sets.map(summarize);
      const now = Date.now();
      const rows = backups.map((set) => [
        set.id,
        formatSpan(now - Date.parse(set.createdAt)),
        set.database,
        formatBytes(set.storedBytes),
        set.failed ? 'FAILED' : set.verified === null ? '-' : `level ${set.verified}`,
        set.encrypted ? 'yes' : 'no',
        set.pinnedUntil?.slice(0, 10) ?? '-',
      ]);
      for (const { id, error } of unreadable)
        context.output.say(`warning: ${id} cannot be read: ${error.message}`);
      const text =
        rows.length === 0
          ? `no backups in ${store.place}`
          : formatTable(['id', 'age', 'database', 'size', 'verified', 'encrypted', 'pinned'], rows);
      context.output.answer(
        { backups, unreadable: unreadable.map(({ id, error }) => ({ id, message: error.message })) },
        text,
      );
    });
}
