import { once } from 'node:events';
import { PlinthError } from '@plinth/db';
import { type ClientTools, toolPath } from './client-tools.js';
import { startTool } from './tool-process.js';

/** Rows per table, keyed by `schema\0table`. */
export type ArchiveRows = Map<string, number>;

/**
 * Reads an archive from the first byte to the last with pg_restore and counts the rows of each table in it. `archive`
 * is a plain stream of the custom format, or the path of a directory. Throws `backup_corrupt` when it cannot be read.
 */
export async function readArchive(
  tools: ClientTools,
  archive: AsyncIterable<Buffer> | string,
  signal?: AbortSignal,
): Promise<ArchiveRows> {
  const streamed = typeof archive !== 'string';
  const restore = startTool({
    program: toolPath(tools, 'pg_restore'),
    // Without the schema no function body can look like data.
    args: ['--data-only', '--file=-', ...(streamed ? [] : [archive])],
    env: {},
    stdin: streamed ? 'pipe' : 'ignore',
    stdout: 'pipe',
    signal,
  });
  const counter = createRowCounter();
  try {
    const fed = streamed ? feed(restore.child.stdin as NodeJS.WritableStream, archive) : Promise.resolve();
    fed.catch(() => restore.stop());
    for await (const chunk of restore.child.stdout as AsyncIterable<Buffer>) counter.push(chunk);
    // The source's own error says more than that of the program that was cut off from it.
    await fed;
    await restore.finished;
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof PlinthError && error.code !== 'tool_failed') throw error;
    throw new PlinthError(
      'backup_corrupt',
      `pg_restore cannot read the archive: ${(error as Error).message}`,
      {
        cause: error,
        fix: 'use another backup',
      },
    );
  } finally {
    await restore.stop();
  }
  return counter.end();
}

async function feed(stdin: NodeJS.WritableStream, source: AsyncIterable<Buffer>): Promise<void> {
  const gone = once(stdin, 'close').catch(() => {});
  for await (const chunk of source) {
    if (!stdin.writable) continue;
    if (!stdin.write(chunk)) await Promise.race([once(stdin, 'drain').catch(() => {}), gone]);
  }
  stdin.end();
}

const NEWLINE = 10;
const COPY = /^COPY ("(?:[^"]|"")*"|[^\s."]+)\.("(?:[^"]|"")*"|[^\s"(]+)/;

/** Counts the data lines of every COPY in pg_restore's output. */
function createRowCounter() {
  const rows: ArchiveRows = new Map();
  let statement = '';
  let table: string | undefined;
  let count = 0;
  let rest: Buffer = Buffer.alloc(0);

  const onLine = (line: Buffer) => {
    if (table !== undefined) {
      if (line.length === 2 && line[0] === 0x5c && line[1] === 0x2e) {
        rows.set(table, (rows.get(table) ?? 0) + count);
        table = undefined;
      } else count++;
      return;
    }
    if (statement === '' && line.subarray(0, 5).toString('latin1') !== 'COPY ') return;
    // A name may hold line breaks; the statement ends with its last words.
    statement += `${statement === '' ? '' : '\n'}${line.toString('utf8')}`;
    if (!statement.endsWith(' FROM stdin;')) return;
    const name = COPY.exec(statement);
    table = name ? `${unquote(name[1] ?? '')}\0${unquote(name[2] ?? '')}` : statement;
    count = 0;
    statement = '';
  };

  return {
    push(chunk: Buffer) {
      let data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      for (let end = data.indexOf(NEWLINE); end >= 0; end = data.indexOf(NEWLINE)) {
        onLine(data.subarray(0, end));
        data = data.subarray(end + 1);
      }
      rest = data;
    },
    end(): ArchiveRows {
      if (table !== undefined)
        throw new PlinthError('backup_corrupt', 'the archive ends in the middle of a table');
      return rows;
    },
  };
}

const unquote = (name: string): string =>
  name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;
