import type { Statement } from '../handle.js';
import { statementName } from '../sql.js';

/** All statements that topics add to the generic ones; a test prepares each against the migrated schema. */
export const topicStatements: Statement[] = [];

/** Makes a statement of a topic; the text is a template without values: parameters are `$1`, `$2`. */
export function topicStatement(operation: string, { write = false, owned = false } = {}) {
  return (text: TemplateStringsArray, ...columns: string[]): Statement => {
    const sql = String.raw({ raw: text }, ...columns).trim();
    const statement = { operation, text: sql, name: statementName(sql), write, owned };
    topicStatements.push(statement);
    return statement;
  };
}
