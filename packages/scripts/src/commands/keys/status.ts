import { createFieldCipher, keyUses } from '@plinth/db';
import type { Command } from 'commander';
import type { CommandContext } from '../../context.js';
import { exitCodes } from '../../exit-codes.js';
import { ExitWith } from '../../failure.js';
import { readKeyRing } from '../../field-keys.js';
import { formatTable } from '../../output.js';
import { withOwner } from './open-as-owner.js';

const help = `
A key that has sealed rows and is not in FIELD_KEYS ends the command with 12: those rows cannot be read.`;

/** `plinth keys status`: how many rows are under which key. */
export function registerKeyStatus(keys: Command, context: CommandContext): void {
  keys
    .command('status')
    .description('how many rows each key has sealed')
    .addHelpText('after', help)
    .action(async () => {
      const cipher = createFieldCipher(await readKeyRing(context));
      const uses = await withOwner(context, (database) => keyUses(database, cipher));
      const rows = uses.map(({ table, column, keyId, rows: count, known }) => [
        `${table}.${column}`,
        keyId,
        count,
        keyId === cipher.activeKeyId ? 'active' : known ? 'old' : 'MISSING',
      ]);
      const table =
        rows.length > 0 ? formatTable(['field', 'key', 'rows', 'state'], rows) : 'no encrypted rows';
      context.output.answer({ activeKeyId: cipher.activeKeyId, keyIds: cipher.keyIds, uses }, table);
      if (uses.some(({ known }) => !known)) {
        context.output.say('add the missing keys to FIELD_KEYS, behind the first one');
        throw new ExitWith(exitCodes.keyWrong);
      }
    });
}
