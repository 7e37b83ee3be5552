/** The streams and the clock a command writes to and by. */
export interface OutputOptions {
  json: boolean;
  stdout: { write(text: string): unknown };
  stderr: { write(text: string): unknown; isTTY?: boolean; columns?: number };
  redact: (text: string) => string;
  /** Writes the commands in a text as the reader has to type them. */
  asTyped: (text: string) => string;
  nowMs?: () => number;
}

export interface Progress {
  /** Reports how far the work is, in the unit `start` was given, and what else is worth seeing. */
  update(done: number, detail?: string): void;
  /** Ends it with a line; `done` where the exact number is known by now. */
  end(done?: number): void;
}

/** Programs read stdout, people read stderr. */
export interface Output {
  json: boolean;
  /** A line for people. */
  say(line: string): void;
  /**
   * The command's answer, once: with --json the value as one JSON document, else the text. Secrets in an answer
   * are what was asked for (`db url`), so it is not redacted. What it advises (`fix`, `command`) is as one types it.
   */
  answer(value: unknown, text: string): void;
  /** The error document or the error lines; redacted. */
  fail(error: { code: string; message: string; fix?: string }, stack?: string): void;
  /** The document of a command that was cancelled before its answer; without --json the exit code says it. */
  cancelled(): void;
  /** A bar on a terminal, a line every few seconds otherwise. */
  progress(label: string, total: number, unit?: string): Progress;
}

const BAR_CELLS = 24;
const WIPE = '\r\x1b[K';
const REDRAW_MS = 100;
const LINE_MS = 3_000;

/** Writes as people and programs expect; makes nothing of its own, so that tests can read what was written. */
export function createOutput(options: OutputOptions): Output {
  const { json, stdout, stderr, redact, asTyped, nowMs = Date.now } = options;
  let answered = false;
  /** A bar is on the terminal's last line, to be wiped away by what is said next. */
  let barDrawn = false;
  const say = (line: string) => {
    stderr.write(`${barDrawn ? WIPE : ''}${redact(asTyped(line))}\n`);
    barDrawn = false;
  };
  const advice = (key: string, value: unknown) =>
    (key === 'fix' || key === 'command') && typeof value === 'string' ? asTyped(value) : value;
  return {
    json,
    say,
    answer(value, text) {
      answered = true;
      if (json) stdout.write(`${JSON.stringify(value, advice, 2)}\n`);
      else if (text !== '') stdout.write(`${asTyped(text)}\n`);
    },
    fail(error, stack) {
      if (stack !== undefined) say(stack);
      // A command that answered and failed later (`up --foreground`) has given its one document already.
      if (json && !answered) stdout.write(`${redact(JSON.stringify({ error }, advice, 2))}\n`);
      answered = true;
      say(`error: ${error.message}`);
      if (error.fix !== undefined) say(`fix: ${error.fix}`);
    },
    cancelled() {
      const error = { code: 'cancelled', message: 'the command was cancelled by a signal' };
      if (json && !answered) stdout.write(`${JSON.stringify({ error }, null, 2)}\n`);
    },
    progress(label, total, unit = '') {
      const bar = stderr.isTTY === true;
      const everyMs = bar ? REDRAW_MS : LINE_MS;
      const startedAt = nowMs();
      let drawnAt = bar ? Number.NEGATIVE_INFINITY : startedAt;
      let done = 0;
      let more = '';
      const draw = () => {
        drawnAt = nowMs();
        const pace = paceOf(done, total, drawnAt - startedAt);
        const counts = `${done}/${total}${unit && ` ${unit}`}${pace}${more && `, ${more}`}`;
        if (!bar) return say(`${label}: ${counts} (${seconds(drawnAt - startedAt)})`);
        const cells = Math.round((BAR_CELLS * done) / Math.max(total, 1));
        const drawn = '█'.repeat(cells).padEnd(BAR_CELLS, '░');
        stderr.write(`\r${redact(`${label} ${drawn} ${counts}`)}\x1b[K`);
        barDrawn = true;
      };
      return {
        update(next, detail = '') {
          done = Math.min(next, total);
          more = detail;
          if (nowMs() - drawnAt >= everyMs) draw();
        },
        end(exact = done) {
          done = exact;
          say(`${label}: ${done}${unit && ` ${unit}`} in ${seconds(nowMs() - startedAt)}`);
        },
      };
    },
  };
}

/** Per second and the time left at that pace; nothing where it says nothing yet, or no more. */
function paceOf(done: number, total: number, elapsedMs: number): string {
  if (done === 0 || done >= total || elapsedMs < 500) return '';
  const perSecond = (done / elapsedMs) * 1000;
  const rate = perSecond >= 10 ? Math.round(perSecond).toLocaleString('en') : perSecond.toFixed(1);
  return `, ${rate}/s, ${seconds(((total - done) / perSecond) * 1000)} left`;
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** Lines up rows under headings; numbers to the right. Answers text without a trailing newline. */
export function formatTable(headings: string[], rows: (string | number | null)[][]): string {
  const cells = rows.map((row) => row.map((cell) => (cell === null ? '-' : String(cell))));
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  const numeric = headings.map(
    (_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === 'number'),
  );
  const line = (row: string[]) =>
    row
      .map((cell, column) =>
        numeric[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return [line(headings), ...cells.map(line)].join('\n');
}
