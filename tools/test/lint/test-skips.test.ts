import { expect, test } from '@jest/globals';
import { lintTree } from './planted-tree.js';

const file = 'packages/db/test/backup.test.ts';
const skips = (...rows: string[]) => ['| test | probe | reason |', '|---|---|---|', ...rows, ''].join('\n');
const listed = skips(
  '| backup restores a dump | `! command -v pg_dump` | the PostgreSQL client tools are missing |',
);

test('only, todo and their short forms are refused everywhere', async () => {
  const text = [
    "test.only('a', () => {});",
    "describe.only('b', () => {});",
    "fit('c', () => {});",
    "test.todo('d');",
    "it.only.each([1])('e %i', () => {});",
  ];
  expect((await lintTree({ [file]: text.join('\n') })).findings).toEqual([
    `${file}:1 test-skips: .only leaves tests out`,
    `${file}:2 test-skips: .only leaves tests out`,
    `${file}:3 test-skips: .only leaves tests out`,
    `${file}:4 test-skips: .todo leaves tests out`,
    `${file}:5 test-skips: .only leaves tests out`,
  ]);
});

test('a skipped test must be listed by its title', async () => {
  const text = [
    "(hasTools ? test : test.skip)('restores a dump', () => {});",
    "test.skip('keeps large objects', () => {});",
    "xit('keeps comments', () => {});",
    "it.skip.each([1, 2])('round %i', () => {});",
    'export const maybe = hasTools ? test : test.skip;',
  ];
  expect((await lintTree({ [file]: text.join('\n'), 'docs/skips.md': listed })).findings).toEqual([
    `${file}:2 test-skips: "keeps large objects" is skipped but not listed in docs/skips.md`,
    `${file}:3 test-skips: "keeps comments" is skipped but not listed in docs/skips.md`,
    `${file}:4 test-skips: "round %i" is skipped but not listed in docs/skips.md`,
    `${file}:5 test-skips: the skipped title is not visible: write (has ? test : test.skip)('title', ...)`,
  ]);
});

test('a row without a probe, or with a reason that is none, is refused', async () => {
  const rows = skips(
    '| a | | no tools |',
    '| b | `true` | runs as root |',
    '| c | `true` | too slow |',
    '| d | `true` | no 18 server |',
  );
  expect((await lintTree({ 'docs/skips.md': rows })).findings).toEqual([
    'docs/skips.md:3 test-skips: a row needs a test, a probe and a reason',
    'docs/skips.md:4 test-skips: "root" is not a reason to skip a test',
    'docs/skips.md:5 test-skips: "slow" is not a reason to skip a test',
    'docs/skips.md:6 test-skips: "18" is not a reason to skip a test',
  ]);
});
