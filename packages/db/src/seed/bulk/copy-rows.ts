import { once } from 'node:events';
import type { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { quoteIdentifier } from '../../sql.js';

/** What is handed to the socket at once: enough for few calls, little enough to stay bounded. */
const BLOCK_CHARACTERS = 128 * 1024;

/**
 * Sends rows `first` to `end` - 1 by COPY on one connection, as fast as the server takes them and holding one block in
 * memory. Rows must be ASCII. Throws the server's error, or the signal's reason: then nothing of the COPY is kept.
 */
export async function copyRows(
  client: Client,
  target: { table: string; columns: readonly string[] },
  rows: { first: number; end: number; write: (index: number) => string; signal?: AbortSignal | undefined },
): Promise<void> {
  const columns = target.columns.map(quoteIdentifier).join(', ');
  const stream = client.query(
    copyFrom(`copy public.${quoteIdentifier(target.table)} (${columns}) from stdin`),
  );
  const finished = once(stream, 'finish');
  // Awaited below; a failure must not count as unhandled while a block is being made.
  finished.catch(() => {});
  try {
    let block = '';
    for (let index = rows.first; index < rows.end; index++) {
      block += rows.write(index);
      if (block.length < BLOCK_CHARACTERS) continue;
      rows.signal?.throwIfAborted();
      if (!stream.write(Buffer.from(block, 'latin1'))) await Promise.race([once(stream, 'drain'), finished]);
      block = '';
    }
    stream.end(Buffer.from(block, 'latin1'));
    await finished;
  } catch (error) {
    stream.destroy(error as Error);
    throw error;
  }
}
