/**
 * Reads the table of docs/skips.md: `| test | probe | reason |`, one row per test that may be skipped. The probe is a
 * shell command that ends with 0 exactly where the machine lacks the part.
 */
export function parseSkips(markdown) {
  const rows = [];
  for (const [index, line] of markdown.split('\n').entries()) {
    const cells = line
      .match(/^\|(.*)\|\s*$/)?.[1]
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim().replaceAll('\\|', '|'));
    if (cells === undefined || cells[0] === 'test' || /^:?-+:?$/.test(cells[0])) continue;
    const [test, probe, reason] = cells;
    rows.push({ test, probe: probe?.replace(/^`(.*)`$/, '$1') ?? '', reason: reason ?? '', line: index + 1 });
  }
  return rows;
}

/** Why a row is not accepted, undefined where it is. */
export function skipProblem({ test, probe, reason }) {
  if (!test || !probe || !reason) return 'a row needs a test, a probe and a reason';
  const refused = /\b(root|slow|18)\b/i.exec(reason);
  return refused === null ? undefined : `"${refused[0]}" is not a reason to skip a test`;
}
