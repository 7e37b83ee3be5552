import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { csvLine, parseCsv } from '../src/csv.js';

const lines = (...cells: string[][]) => [['a', 'b'], ...cells].map(csvLine).join('');

describe('CSV', () => {
  test('comes back as it was, whatever the cells hold', () => {
    const cell = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom(
        '',
        '"',
        '""',
        ',',
        '\r\n',
        '\n',
        '\r',
        "'",
        "'=1",
        '=1',
        '\ufeff',
        ' ',
        '\t',
        '\uff1d1',
      ),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 5 }), (rows) => {
        const read = parseCsv(lines(...rows));
        expect(read.map(({ a, b }) => [a, b])).toEqual(rows);
      }),
      { numRuns: 500 },
    );
  });

  test('gives a spreadsheet no formula', () => {
    for (const begin of ['=', '+', '-', '@', '\t', '\r', '\n', '\uff1d', '\uff0b', '\uff0d', '\uff20']) {
      const written = csvLine([`${begin}HYPERLINK("https://evil.example")`, `a${begin}`]);
      expect(written.replace(/^"/, '').startsWith(`'${begin}`)).toBe(true);
      expect(written).not.toContain(`'a`);
    }
  });

  test('is read with a byte order mark, with LF or CRLF, with or without an end, short lines and empty lines', () => {
    const wanted = [
      { a: '1', b: '2' },
      { a: '3', b: '' },
    ];
    for (const text of ['a,b\r\n1,2\r\n3,\r\n', '\ufeffa,b\n1,2\n3,', 'a,b\n\n1,2\n\n"3",""\n'])
      expect(parseCsv(text)).toEqual(wanted);
    expect(parseCsv('a,b\n3')).toEqual([{ a: '3' }]);
  });

  test.each([
    ['nothing', ''],
    ['a quote that does not close', 'a\n"b'],
    ['text behind a quote', 'a\n"b"c'],
    ['too many cells', 'a\nb,c'],
  ])('refuses %s', (_what, text) => {
    expect(() => parseCsv(text)).toThrow(expect.objectContaining({ code: 'invalid_request' }));
  });
});
