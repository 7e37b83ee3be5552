import { parseSkips, skipProblem } from '../skips.mjs';

/** No test is left out by hand: `.only` never, `.skip` only for a title listed in docs/skips.md with its probe. */
export function* check({ code, skips }) {
  const rows = parseSkips(skips);
  for (const row of rows) {
    const problem = skipProblem(row);
    if (problem !== undefined) yield { file: 'docs/skips.md', line: row.line, message: problem };
  }
  for (const [file, { testModifiers }] of code) {
    for (const { modifier, title, line } of testModifiers) {
      if (modifier !== 'skip') {
        yield { file, line, message: `.${modifier} leaves tests out` };
      } else if (title === undefined) {
        yield {
          file,
          line,
          message: "the skipped title is not visible: write (has ? test : test.skip)('title', ...)",
        };
      } else if (
        !rows.some(({ test }) => test === title || test === `${title} *` || test.endsWith(` ${title}`))
      ) {
        yield { file, line, message: `"${title}" is skipped but not listed in docs/skips.md` };
      }
    }
  }
}
