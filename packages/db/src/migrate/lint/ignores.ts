import type { Script, Statement } from '../split.js';

/** One `-- lint-ignore <rule>: <reason>` of a file. */
export interface Ignore {
  readonly rule: string;
  /** Empty where none was given, which is a finding. */
  readonly reason: string;
  readonly line: number;
  /** The statement it stands before; undefined after the last one. */
  readonly statement: Statement | undefined;
}

/** Reads the ignores of a script. squawk's own comment counts as one without a reason, because it takes none. */
export function readIgnores(script: Script): Ignore[] {
  const lines = script.sql.split('\n');
  return lines.flatMap((text, at) => {
    const found =
      /--\s*(?:lint-ignore|(squawk-ignore(?:-file)?))\b[ \t]*([\w-]*)[ \t]*(?::[ \t]*(.*\S))?/.exec(text);
    if (found === null) return [];
    const line = at + 1;
    const statement = script.statements.find(
      (statement) => statement.line >= line || endOf(statement) >= line,
    );
    return { rule: found[2] ?? '', reason: found[1] === undefined ? (found[3] ?? '') : '', line, statement };
  });
}

/** The line of a statement's last character. */
export const endOf = (statement: Statement): number => statement.line + statement.text.split('\n').length - 1;
