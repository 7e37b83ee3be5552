import { resolveRelative } from '../resolve.mjs';

/** SQL that Prisma does not parameterise is one literal text, or a constant that is one: no value can be spliced into it. */
export function* check({ code }) {
  for (const [file, facts] of code) {
    for (const { name, line, from } of facts.rawSql) {
      if (from !== undefined && isConstant(code, file, from)) continue;
      yield { file, line, message: `${name} without one literal text: pass values as parameters` };
    }
  }
}

function isConstant(code, file, { specifier, name }) {
  const source = specifier.startsWith('.') ? resolveRelative(code, file, specifier) : undefined;
  return source !== undefined && code.get(source).constants.has(name);
}
