import { DatabaseError } from '../errors.js';
import { quoteIdentifier } from '../sql.js';
import { columnOf, toParameter } from './columns.js';

const RANGE = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;

/** Escapes what LIKE reads as a pattern, and asks for the text anywhere. */
export function containing(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`;
}

/**
 * SQL of conditions, each beginning with ` and `; parameters are appended to `values`. Only `allowed` fields: the
 * names may come from outside. The same shape of conditions gives the same text, whatever the values.
 */
export function conditionsSql(where: object, allowed: ReadonlySet<string>, values: unknown[]): string {
  let text = '';
  for (const field in where) {
    const value = (where as Record<string, unknown>)[field];
    if (value === undefined) continue;
    if (!allowed.has(field))
      throw new DatabaseError('invalid_value', {
        fields: [field],
        fix: `${field} is not a filter of this list`,
      });
    text += conditionSql(quoteIdentifier(columnOf(field)), field, value, values);
  }
  return text;
}

function conditionSql(column: string, field: string, value: unknown, values: unknown[]): string {
  if (value === null) return ` and ${column} is null`;
  if (Array.isArray(value)) return ` and ${column} = any($${values.push(toParameter(value, false))})`;
  if (!isOperator(value)) return ` and ${column} = $${values.push(toParameter(value, false))}`;
  let text = '';
  for (const [operator, operand] of Object.entries(value)) {
    if (operand === undefined) continue;
    if (operator in RANGE) {
      text += ` and ${column} ${RANGE[operator as keyof typeof RANGE]} $${values.push(toParameter(operand, false))}`;
    } else if (operator === 'contains')
      text += ` and ${column} ilike $${values.push(containing(String(operand)))}`;
    else if (operator === 'resembles') {
      // Alike as a whole (typing mistakes) or to some word of it (beginnings); both use a trigram index.
      const parameter = `$${values.push(String(operand))}`;
      text += ` and (${column} % ${parameter} or ${parameter} <% ${column})`;
    } else if (operator === 'has') text += ` and ${column} @> $${values.push([toParameter(operand, false)])}`;
    else if (operator === 'not' && operand === null) text += ` and ${column} is not null`;
    else
      throw new DatabaseError('invalid_value', {
        fields: [field],
        fix: `${operator} is not a condition of ${field}`,
      });
  }
  return text;
}

/** Plain objects carry operators; dates, decimals and bytes are values. */
function isOperator(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
