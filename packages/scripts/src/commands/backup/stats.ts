import type { Command } from 'commander';
import { computeStats, formatBytes, formatSpan } from '../../backup/inventory.js';
import type { CommandContext } from '../../context.js';
import { formatTable } from '../../output.js';
import { openStore } from './backup-place.js';

/** `plinth backup stats`: size, age, ratio, throughput, growth and proof over all sets. */
export function registerStats(backup: Command, context: CommandContext): void {
  backup
    .command('stats')
    .description('numbers over all backups: size, age, ratio, throughput, growth, proof')
    .action(async () => {
      const { store } = await openStore(context);
      const { sets, unreadable } = await store.list();
      const stats = computeStats(sets, unreadable.length, new Date());
      const or = <T>(value: T | null, format: (value: T) => string) => (value === null ? '-' : format(value));
      const rows = [
        ['sets', String(stats.sets)],
        ['unreadable', String(stats.unreadable)],
        ['stored', formatBytes(stats.storedBytes)],
        ['age of the newest', or(stats.newestAgeMs, formatSpan)],
        ['compression', or(stats.ratio, (ratio) => `${ratio.toFixed(1)} to 1`)],
        ['throughput', or(stats.bytesPerSecond, (bytes) => `${formatBytes(bytes)}/s`)],
        ['growth', or(stats.growthBytesPerDay, (bytes) => `${formatBytes(bytes)}/day`)],
        ['age of the newest proven by a drill', or(stats.provenAgeMs, formatSpan)],
        ['recovery time of the last drill', or(stats.recoveryMs, formatSpan)],
      ];
      context.output.answer(stats, formatTable(['what', 'value'], rows));
    });
}
