const limit = 400;

/** A code file has at most 400 lines. Seed data may be longer: it is a table, not a flow. */
export function* check({ code }) {
  for (const [file, { lines }] of code) {
    if (lines > limit && !/\/seed\/data\//.test(file)) {
      yield { file, line: limit + 1, message: `${lines} lines, the limit is ${limit}: split it by topic` };
    }
  }
}
