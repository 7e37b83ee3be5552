/** Whatever may hold a `;` that ends no statement, matched where the scanner stands. */
const opaque = [
  /--[^\n]*/y,
  /[eE]'(?:[^'\\]|''|\\[\s\S])*'/y,
  /'(?:[^']|'')*'/y,
  /"(?:[^"]|"")*"/y,
  /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y,
  /BEGIN\s+ATOMIC\b[\s\S]*?\bEND\s*(?=;|$)/iy,
  // Words are eaten whole, so that neither `name$$` nor `tableE'` starts anything in its middle.
  /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y,
];
const dollarTag = opaque[4];

/**
 * Splits SQL at the semicolons between statements, past strings, quoted names, dollar quotes, nested comments and
 * `BEGIN ATOMIC` bodies. Comments stay with the statement that follows; a tail of nothing else is left out.
 */
export function splitStatements(script: string): string[] {
  const statements: string[] = [];
  let start = 0;
  let hasCode = false;
  for (let at = 0; at < script.length; ) {
    if (script[at] === ';') {
      if (hasCode) statements.push(script.slice(start, at + 1).trim());
      start = at + 1;
      hasCode = false;
      at = start;
      continue;
    }
    const end = endOfOpaque(script, at);
    const isComment = script.startsWith('--', at) || script.startsWith('/*', at);
    hasCode ||= !isComment && /\S/.test(script.slice(at, end));
    at = end;
  }
  if (hasCode) statements.push(script.slice(start).trim());
  return statements;
}

function endOfOpaque(script: string, at: number): number {
  if (script.startsWith('/*', at)) return endOfBlockComment(script, at);
  for (const pattern of opaque) {
    pattern.lastIndex = at;
    const match = pattern.exec(script)?.[0];
    if (match === undefined) continue;
    if (pattern !== dollarTag) return at + match.length;
    const close = script.indexOf(match, at + match.length);
    return close === -1 ? script.length : close + match.length;
  }
  return at + 1;
}

/** Where the block comment that begins at `at` ends: they nest. */
export function endOfBlockComment(script: string, at: number): number {
  const edge = /\/\*|\*\//g;
  edge.lastIndex = at;
  for (let depth = 0, match = edge.exec(script); match !== null; match = edge.exec(script)) {
    depth += match[0] === '/*' ? 1 : -1;
    if (depth === 0) return edge.lastIndex;
  }
  return script.length;
}
