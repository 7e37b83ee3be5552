import type { Command } from 'commander';
import { formatBytes, summarize } from '../../backup/inventory.js';
import { findSet } from '../../backup/store.js';
import type { CommandContext } from '../../context.js';
import { formatTable } from '../../output.js';
import { openStore } from './backup-place.js';

/** `plinth backup show`: everything the store knows about one set. */
export function registerShow(backup: Command, context: CommandContext): void {
  backup
    .command('show')
    .description('show one backup: source, tables, files, verifications')
    .argument('[id]', 'its id, the beginning of it, or latest', 'latest')
    .action(async (id: string) => {
      const { store } = await openStore(context);
      const set = await findSet(store, id);
      const { manifest, verifications, pin } = set;
      const summary = summarize(set);
      const lines = [
        `${set.id}  database ${summary.database} of PostgreSQL ${manifest.source.serverVersion}, ${manifest.createdAt}`,
        `${formatBytes(summary.storedBytes)} stored, ${formatBytes(summary.plainBytes)} dumped, ${summary.rows} rows in ${manifest.content.tables.length} tables`,
        `encryption ${manifest.encryption?.recipients.join(', ') ?? 'none'}, compression ${manifest.engine.compression}, fingerprint ${manifest.content.fingerprint}`,
        ...(manifest.note === null ? [] : [`note: ${manifest.note}`]),
        ...(pin === undefined ? [] : [`pinned until ${pin.until}: ${pin.reason}`]),
        '',
        formatTable(
          ['table', 'rows'],
          manifest.content.tables.map(({ schema, name, rows }) => [`${schema}.${name}`, rows]),
        ),
        '',
        ...verifications.map(
          ({ level, ok, at, problems }) =>
            `${at}  level ${level} ${ok ? 'passed' : `FAILED: ${problems.join('; ')}`}`,
        ),
      ];
      context.output.answer(
        { ...summary, path: store.path(set.id, ''), manifest, verifications, pin: pin ?? null },
        lines.join('\n'),
      );
    });
}
