import type { Rule } from './rule.js';
import { stronglyLocked } from './statement-locks.js';
import { createdTables, nodeOf, tableOf } from './tree.js';

export const bulkUpdateWithDdl: Rule = {
  name: 'bulk-update-with-ddl',
  severity: 'warning',
  why: 'UPDATE and DELETE of a table in use take as long as it has rows, and the locks of the DDL beside them are held all that time',
  fix: 'change the rows in a migration of their own, or in batches by a job',
  bad: {
    setup: 'CREATE TABLE people (id int PRIMARY KEY);',
    sql: "ALTER TABLE people ADD COLUMN nick text;\nUPDATE people SET nick = 'none';",
  },
  good: {
    setup: 'CREATE TABLE people (id int PRIMARY KEY, nick text);',
    sql: "UPDATE people SET nick = 'none' WHERE nick IS NULL;",
  },
  *check({ migration: { up } }) {
    if (up.stepwise) return;
    const made = createdTables(up);
    const locked = [...stronglyLocked(up, made).keys()];
    if (locked.length === 0) return;
    for (const statement of up.statements) {
      const write = nodeOf(statement, 'UpdateStmt') ?? nodeOf(statement, 'DeleteStmt');
      const table = tableOf(write?.relation);
      if (write === undefined || made.has(table)) continue;
      yield { statement, message: `rows of ${table} change while ${locked.join(', ')} is locked` };
    }
  },
};
