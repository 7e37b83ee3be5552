import { ApiError } from './errors.js';

/**
 * Spreadsheets run what begins like this as a formula, some of them the full-width forms too; a quote before it makes
 * it text, and parseCsv takes it off again.
 */
const FORMULA = /^['=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

/** One line of CSV (RFC 4180), with CRLF. */
export function csvLine(cells: readonly string[]): string {
  const quoted = cells.map((cell) => {
    const safe = FORMULA.test(cell) ? `'${cell}` : cell;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  });
  return `${quoted.join(',')}\r\n`;
}

/**
 * Reads CSV with a header into one object per line; the inverse of csvLine. Throws ApiError `invalid_request` for
 * quotes that do not close and lines with more cells than the header.
 */
export function parseCsv(text: string): Record<string, string>[] {
  const lines = parseCells(text.replace(/^\uFEFF/, ''));
  const [header, ...rows] = lines;
  if (header === undefined) throw invalid('is empty');
  const names = header.map((name) => name.trim());
  return rows
    .filter((cells) => cells.length > 1 || cells[0] !== '')
    .map((cells, index) => {
      if (cells.length > names.length) throw invalid(`has too many cells in line ${index + 2}`);
      const entries = cells.map((cell, at) => [
        names[at] as string,
        cell.startsWith("'") ? cell.slice(1) : cell,
      ]);
      return Object.fromEntries(entries) as Record<string, string>;
    });
}

function parseCells(text: string): string[][] {
  const lines: string[][] = [];
  let line: string[] = [];
  let at = 0;
  while (at < text.length) {
    let cell = '';
    if (text[at] === '"') {
      const end = closingQuote(text, at + 1);
      cell = text.slice(at + 1, end).replaceAll('""', '"');
      at = end + 1;
    } else {
      const start = at;
      while (at < text.length && !',\r\n'.includes(text[at] as string)) at++;
      cell = text.slice(start, at);
    }
    line.push(cell);
    if (text[at] === ',') {
      at++;
      if (at === text.length) line.push('');
      else if ('\r\n'.includes(text[at] as string)) line.push('');
      else continue;
    }
    if (at < text.length && !'\r\n'.includes(text[at] as string))
      throw invalid('has text behind a closing quote');
    if (text[at] === '\r') at++;
    if (text[at] === '\n') at++;
    lines.push(line);
    line = [];
  }
  return lines;
}

function closingQuote(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at !== -1; at = text.indexOf('"', at + 2)) {
    if (text[at + 1] !== '"') return at;
  }
  throw invalid('has a quote that does not close');
}

const invalid = (message: string) =>
  new ApiError('invalid_request', undefined, {
    errors: [{ in: 'body', pointer: '', code: 'invalid_csv', message }],
  });
