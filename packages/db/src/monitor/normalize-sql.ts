/**
 * Takes values out of a statement: strings, numbers and comments other than trailing sqlcommenter ones become nothing
 * or `?`. Statements of live sessions hold what people typed; operators, alerts and logs are to see the shape alone.
 */
export function normalizeSql(text: string, maxLength = 500): string {
  const shape = text
    .replace(/\$([a-z_]\w*)?\$[\s\S]*?\$\1\$/gi, '?')
    .replace(/\/\*[\s\S]*?(\*\/|$)/g, ' ')
    .replace(/--[^\n]*/g, ' ')
    .replace(/(?<!\w)(?:[ebnx]|u&)?'(?:[^'\\]|\\.|'')*(?:'|$)/gi, '?')
    .replace(/(?<![\w$"])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?\b/gi, '?')
    .replace(/\s+/g, ' ')
    .trim();
  return shape.length > maxLength ? `${shape.slice(0, maxLength)}...` : shape;
}
