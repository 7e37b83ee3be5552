import type { Rule } from './rule.js';

export const missingDown: Rule = {
  name: 'missing-down',
  severity: 'warning',
  why: 'without down.sql a release cannot be rolled back',
  fix: 'write down.sql, or one that says `-- irreversible: <reason>`',
  bad: { sql: 'CREATE TABLE notes (id int PRIMARY KEY);', down: null },
  good: { sql: 'CREATE TABLE notes (id int PRIMARY KEY);', down: 'DROP TABLE notes;' },
  *check({ migration: { name, down } }) {
    if (down === undefined) yield { message: `${name} has no down.sql` };
    else if (down.statements.length === 0 && down.directives.irreversible === undefined) {
      yield { file: 'down.sql', message: `the down.sql of ${name} does nothing and does not say why` };
    }
  },
};
