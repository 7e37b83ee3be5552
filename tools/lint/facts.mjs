import { parse } from '@swc/core';

const testFunctions = new Set(['test', 'it', 'describe']);
const rawSql = new Set(['$queryRawUnsafe', '$executeRawUnsafe']);

/**
 * What the rules need to know of one file, found in its syntax tree, so that comments and strings never count:
 * `imports` (import, export-from, dynamic import, require, TypeScript's import types), `processUses` (env, exit),
 * `testModifiers` (only, skip, todo and the x and f forms), `rawSql` (unsafe SQL not given one literal; `from` names an imported
 * text) and `constants` (names of top-level literal texts).
 */
export async function readFacts(source, file) {
  // swc skips a shebang and leading comments when it places the first token: a leading `;` makes position 1 known.
  const text = `;${source.replace(/^#!/, '//')}`;
  const typescript = /\.[mc]?tsx?$/.test(file);
  const tree = await parse(text, {
    syntax: typescript ? 'typescript' : 'ecmascript',
    tsx: file.endsWith('.tsx'),
    target: 'es2023',
  });
  const lineAt = lineFinder(text, tree.span.start);
  const facts = { lines: countLines(source), imports: [], processUses: [], testModifiers: [], rawSql: [] };
  const constants = literalConstants(tree);
  const imported = importedNames(tree);
  facts.constants = constants;
  visit(tree, [], (node, parents) => collect(node, parents, facts, lineAt, { constants, imported }));
  return facts;
}

function countLines(source) {
  return source === '' ? 0 : source.replace(/\n$/, '').split('\n').length;
}

/** Names of the file's own top-level constants that are one literal text. */
function literalConstants(tree) {
  const names = new Set();
  for (const item of tree.body) {
    const { type, kind, declarations } = item.type === 'ExportDeclaration' ? item.declaration : item;
    if (type !== 'VariableDeclaration' || kind !== 'const') continue;
    for (const { id, init } of declarations) if (literal(init) !== undefined) names.add(id.value);
  }
  return names;
}

/** Local name to where it comes from, for named imports. */
function importedNames(tree) {
  const names = new Map();
  for (const item of tree.body) {
    if (item.type !== 'ImportDeclaration') continue;
    for (const { type, local, imported } of item.specifiers) {
      if (type === 'ImportSpecifier') {
        names.set(local.value, { specifier: item.source.value, name: (imported ?? local).value });
      }
    }
  }
  return names;
}

/** Answers the line of an swc position by binary search over the starts of lines. */
function lineFinder(text, base) {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (node) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle] <= node.span.start - base) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  };
}

function visit(node, parents, use) {
  if (node === null || typeof node !== 'object') return;
  if (Array.isArray(node)) {
    for (const item of node) visit(item, parents, use);
    return;
  }
  const within = typeof node.type === 'string' ? [...parents, node] : parents;
  if (within !== parents) use(node, parents);
  for (const key in node) if (key !== 'span') visit(node[key], within, use);
}

function collect(node, parents, facts, lineAt, names) {
  switch (node.type) {
    case 'ImportDeclaration':
      addImport(facts, node, node.source.value, lineAt);
      addProcessImports(facts, node, lineAt);
      break;
    case 'ExportNamedDeclaration':
      if (node.source) addImport(facts, node, node.source.value, lineAt);
      break;
    case 'ExportAllDeclaration':
      addImport(facts, node, node.source.value, lineAt, true);
      break;
    case 'TsImportType':
      addImport(facts, node, node.argument.value, lineAt);
      break;
    case 'TsExternalModuleReference':
      addImport(facts, node, node.expression.value, lineAt);
      break;
    case 'CallExpression':
      if (
        node.callee.type === 'Import' ||
        node.callee.value === 'require' ||
        isImportMetaResolve(node.callee)
      ) {
        const specifier = literal(node.arguments[0]?.expression);
        if (specifier !== undefined) addImport(facts, node, specifier, lineAt);
      }
      break;
    case 'MemberExpression':
      collectMember(node, parents, facts, lineAt, names);
      break;
    case 'Identifier':
      collectShortForm(node, parents, facts, lineAt);
      break;
    case 'VariableDeclarator':
      collectDestructuring(node, facts, lineAt);
      break;
  }
}

function addImport(facts, node, specifier, lineAt, star = false) {
  facts.imports.push({ specifier, line: lineAt(node), star });
}

function addProcessImports(facts, node, lineAt) {
  if (!/^(node:)?process$/.test(node.source.value)) return;
  for (const specifier of node.specifiers) {
    if (specifier.type !== 'ImportSpecifier') continue;
    const name = (specifier.imported ?? specifier.local).value;
    if (name === 'env' || name === 'exit') facts.processUses.push({ name, line: lineAt(node) });
  }
}

function collectMember(node, parents, facts, lineAt, { constants, imported }) {
  const name = propertyName(node.property);
  if ((name === 'env' || name === 'exit') && isProcess(node.object)) {
    facts.processUses.push({ name, line: lineAt(node) });
  }
  if ((name === 'only' || name === 'skip' || name === 'todo') && isTestFunction(node.object)) {
    facts.testModifiers.push({ modifier: name, title: titleOf(node, parents), line: lineAt(node) });
  }
  if (rawSql.has(name) || (name === 'raw' && node.object.value === 'Prisma')) {
    const call = parents.at(-1);
    const text =
      call?.type === 'CallExpression' && call.callee === node ? call.arguments[0]?.expression : undefined;
    const ownConstant = text?.type === 'Identifier' && constants.has(text.value);
    if (literal(text) === undefined && !ownConstant) {
      const from = text?.type === 'Identifier' ? imported.get(text.value) : undefined;
      facts.rawSql.push({ name: name === 'raw' ? 'Prisma.raw' : name, line: lineAt(node), from });
    }
  }
}

/** `xit`, `xtest`, `xdescribe`, `fit` and `fdescribe`, where they are called. */
function collectShortForm(node, parents, facts, lineAt) {
  const form = /^(x|f)(it|test|describe)$/.exec(node.value);
  const call = parents.at(-1);
  if (form === null || call?.type !== 'CallExpression' || call.callee !== node) return;
  const modifier = form[1] === 'x' ? 'skip' : 'only';
  facts.testModifiers.push({ modifier, title: literal(call.arguments[0]?.expression), line: lineAt(node) });
}

/** `const { env } = process` and `const { $queryRawUnsafe } = prisma` take the same things by another door. */
function collectDestructuring(node, facts, lineAt) {
  if (node.id.type !== 'ObjectPattern' || !node.init) return;
  for (const property of node.id.properties) {
    const name = property.key?.value;
    if ((name === 'env' || name === 'exit') && isProcess(node.init))
      facts.processUses.push({ name, line: lineAt(node) });
    if (rawSql.has(name)) facts.rawSql.push({ name, line: lineAt(node) });
  }
}

/** The title given to the nearest call whose callee holds this node: `(has ? test : test.skip)('title', ...)`. */
function titleOf(node, parents) {
  let inner = node;
  for (const parent of parents.toReversed()) {
    if (parent.type === 'CallExpression' && parent.callee !== inner) return undefined;
    if (parent.type === 'CallExpression') {
      const title = literal(parent.arguments[0]?.expression);
      if (title !== undefined) return title;
    } else if (!/^(Parenthesis|Conditional|Member)Expression$/.test(parent.type)) {
      return undefined;
    }
    inner = parent;
  }
  return undefined;
}

function isTestFunction(node) {
  if (node.type === 'MemberExpression') return isTestFunction(node.object);
  return node.type === 'Identifier' && testFunctions.has(node.value);
}

function isProcess(node) {
  if (node.type === 'MemberExpression')
    return node.object.value === 'globalThis' && propertyName(node.property) === 'process';
  return node.type === 'Identifier' && node.value === 'process';
}

function isImportMetaResolve(node) {
  if (node.type !== 'MemberExpression' || propertyName(node.property) !== 'resolve') return false;
  return node.object.type === 'MetaProperty' && node.object.kind === 'import.meta';
}

function propertyName(property) {
  return property.type === 'Computed' ? literal(property.expression) : property.value;
}

/** The text of a string without interpolation, undefined for everything else. */
function literal(node) {
  if (node?.type === 'StringLiteral') return node.value;
  if (node?.type === 'TemplateLiteral' && node.expressions.length === 0) return node.quasis[0].cooked;
  return undefined;
}
