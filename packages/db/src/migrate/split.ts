import { hasSqlDetails, parse } from 'libpg-query';
import { endOfBlockComment } from '../engine/split-statements.js';
import { type Directives, parseDirectives } from './directives.js';
import { placeOf, ScriptFailure } from './script-failure.js';
import { type ParseNode, refusalOf, runsOutside } from './statement-kind.js';

export interface Statement {
  /** From 1, counting those that run. */
  readonly number: number;
  /** Without the comments before it and the semicolon behind it. */
  readonly text: string;
  /** Where `text` begins in the script, in UTF-16 units. */
  readonly start: number;
  /** Of `text`'s first character, from 1. */
  readonly line: number;
  /** The node's type, such as `IndexStmt`. */
  readonly kind: string;
  readonly node: ParseNode;
  /** PostgreSQL refuses it inside a transaction block. */
  readonly outside: boolean;
  /** The comments between it and the statement before. */
  readonly comments: string;
}

export interface Script {
  readonly file: string;
  readonly sql: string;
  /** `sql` with its BEGIN and COMMIT blanked out, so that every other character keeps its place. */
  readonly runnable: string;
  readonly statements: readonly Statement[];
  /** The BEGIN and COMMIT that do not run. */
  readonly neutralised: readonly { readonly text: string; readonly line: number }[];
  readonly directives: Directives;
  /** Statement by statement: asked for, or needed by one of them. */
  readonly stepwise: boolean;
}

const trivia = /\s+|--[^\n]*/y;

/**
 * Parses a file with PostgreSQL's own parser. Throws ScriptFailure for a syntax error, and for what a migration may
 * not contain (ROLLBACK, DISCARD ALL, PREPARE TRANSACTION, COPY FROM stdin, CREATE INDEX CONCURRENTLY without a name).
 */
export async function parseScript(sql: string, file: string): Promise<Script> {
  const directives = parseDirectives(sql, file);
  const statements: Statement[] = [];
  const neutralised: { text: string; line: number }[] = [];
  let runnable = sql;
  for (const { node, from, to } of await parseRanges(sql, file)) {
    const start = skipTrivia(sql, from, to);
    const text = sql.slice(start, to).trimEnd();
    const { line } = placeOf(sql, start);
    const kind = Object.keys(node)[0] ?? '';
    const refusal = refusalOf(kind, node);
    if (refusal !== undefined) {
      throw new ScriptFailure({ file, sql, message: refusal.message, offset: start, fix: refusal.fix });
    }
    if (isTransactionEdge(kind, node)) {
      neutralised.push({ text, line });
      runnable = runnable.slice(0, start) + text.replace(/[^\s]/g, ' ') + runnable.slice(start + text.length);
      continue;
    }
    const outside = runsOutside(kind, node);
    const comments = sql.slice(from, start);
    statements.push({ number: statements.length + 1, text, start, line, kind, node, outside, comments });
  }
  const stepwise = directives.noTransaction || statements.some((statement) => statement.outside);
  return { file, sql, runnable, statements, neutralised, directives, stepwise };
}

interface Range {
  node: ParseNode;
  from: number;
  to: number;
}

async function parseRanges(sql: string, file: string): Promise<Range[]> {
  // The parser counts bytes of UTF-8.
  const bytes = Buffer.from(sql, 'utf8');
  const toOffset = offsetReader(bytes, sql);
  try {
    const { stmts = [] } = await parse(sql);
    return stmts.map(({ stmt, stmt_location: at = 0, stmt_len: length }) => ({
      node: (stmt ?? {}) as ParseNode,
      from: toOffset(at),
      to: toOffset(length ? at + length : bytes.length),
    }));
  } catch (error) {
    if (!hasSqlDetails(error)) throw error;
    // The cursor, unlike locations, counts characters, from 0.
    const position = (error.sqlDetails?.cursorPosition ?? 0) + 1;
    throw new ScriptFailure({ file, sql, message: error.message, sqlstate: '42601', position });
  }
}

/** Turns ascending byte offsets into UTF-16 offsets, reading the text once. */
function offsetReader(bytes: Buffer, text: string): (byte: number) => number {
  if (bytes.length === text.length) return (byte) => byte;
  let [atByte, atUnit] = [0, 0];
  return (byte) => {
    if (byte < atByte) [atByte, atUnit] = [0, 0];
    atUnit += bytes.toString('utf8', atByte, byte).length;
    atByte = byte;
    return atUnit;
  };
}

function skipTrivia(sql: string, from: number, to: number): number {
  for (let at = from; at < to; ) {
    trivia.lastIndex = at;
    const skipped = sql.startsWith('/*', at)
      ? endOfBlockComment(sql, at) - at
      : (trivia.exec(sql)?.[0].length ?? 0);
    if (skipped === 0) return at;
    at += skipped;
  }
  return to;
}

function isTransactionEdge(kind: string, node: ParseNode): boolean {
  if (kind !== 'TransactionStmt') return false;
  const { kind: verb = '' } = node[kind] as { kind?: string };
  return ['TRANS_STMT_BEGIN', 'TRANS_STMT_START', 'TRANS_STMT_COMMIT'].includes(verb);
}
