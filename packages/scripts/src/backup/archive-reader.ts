import { once } from 'node:events';
import { PlinthError } from '@plinth/db';
import { type ClientTools, toolPath } from './client-tools.js';
import { giveBack } from './give-back.js';
import { startTool } from './tool-process.js';

/** Rows per table, keyed by `schema\0table`. */
export type ArchiveRows = Map<string, number>;

/**
 * Reads an archive from the first byte to the last with pg_restore and counts the rows of each table in it. `archive`
 * is a plain stream of the custom format, whose pieces become its own (see giveBack), or the path of a directory. Throws `backup_corrupt` when it cannot be read.
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
    for await (const chunk of restore.child.stdout as AsyncIterable<Buffer>) {
      counter.push(chunk);
      giveBack(chunk);
    }
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
    if (!stdin.write(chunk, () => giveBack(chunk)))
      await Promise.race([once(stdin, 'drain').catch(() => {}), gone]);
  }
  stdin.end();
}

const NEWLINE = 10;
const BACKSLASH = 0x5c;
const DOT = 0x2e;
const COPY = /^COPY ("(?:[^"]|"")*"|[^\s."]+)\.("(?:[^"]|"")*"|[^\s"(]+)/;

/** Counts the data lines of every COPY in pg_restore's output. */
function createRowCounter() {
  const rows: ArchiveRows = new Map();
  let statement = '';
  let table: string | undefined;
  let count = 0;
  let rest: Buffer = Buffer.alloc(0);

  const onLine = (data: Buffer, start: number, end: number) => {
    if (table === undefined) return onStatement(data.subarray(start, end));
    // No object is made per row: a million of them would keep the collector busy.
    if (end - start !== 2 || data[start] !== BACKSLASH || data[start + 1] !== DOT) return void count++;
    rows.set(table, (rows.get(table) ?? 0) + count);
    table = undefined;
  };
  const onStatement = (line: Buffer) => {
    if (statement === '' && line.subarray(0, 5).toString('latin1') !== 'COPY ') return;
    // A name may hold line breaks; the statement ends with its last words.
    statement += `${statement === '' ? '' : '\n'}${line.toString('utf8')}`;
    if (!statement.endsWith(' FROM stdin;')) return;
    const name = COPY.exec(statement);
    table = name ? `${unquote(name[1] ?? '')}\0${unquote(name[2] ?? '')}` : statement;
    count = 0;
    statement = '';
  };
  /** Keeps the beginning of a line whose end is yet to come; of a row no more than shows that it is not the last line. */
  const keep = (part: Buffer) => {
    const enough = table !== undefined && rest.length > 2;
    if (!enough) rest = Buffer.concat([rest, table === undefined ? part : part.subarray(0, 3)]);
  };

  return {
    push(chunk: Buffer) {
      let start = 0;
      let end = chunk.indexOf(NEWLINE);
      if (rest.length > 0 && end >= 0) {
        keep(chunk.subarray(0, end));
        const line = rest;
        rest = Buffer.alloc(0);
        onLine(line, 0, line.length);
        start = end + 1;
        end = chunk.indexOf(NEWLINE, start);
      }
      for (; end >= 0; end = chunk.indexOf(NEWLINE, start)) {
        onLine(chunk, start, end);
        start = end + 1;
      }
      if (start < chunk.length) keep(chunk.subarray(start));
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
