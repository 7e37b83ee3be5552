import type { Rule } from './rule.js';
import { alterCommands } from './tree.js';

export const validateWithNotValid: Rule = {
  name: 'validate-with-not-valid',
  severity: 'warning',
  instead: ['constraint-missing-not-valid'],
  why: 'NOT VALID keeps the lock short only when VALIDATE runs in a later transaction: in the same one the scan happens under the strong lock',
  fix: 'put VALIDATE CONSTRAINT into the next migration',
  bad: {
    setup: 'CREATE TABLE people (id int PRIMARY KEY, age int);',
    sql: 'ALTER TABLE people ADD CONSTRAINT people_age CHECK (age >= 0) NOT VALID;\nALTER TABLE people VALIDATE CONSTRAINT people_age;',
  },
  good: {
    setup: 'CREATE TABLE people (id int PRIMARY KEY, age int);',
    sql: 'ALTER TABLE people ADD CONSTRAINT people_age CHECK (age >= 0) NOT VALID;',
  },
  *check({ migration: { up } }) {
    if (up.stepwise) return;
    const commands = alterCommands(up);
    const added = commands.filter(
      ({ subtype, constraint }) => subtype === 'AT_AddConstraint' && constraint?.skip_validation,
    );
    for (const { statement, subtype, table, name } of commands) {
      if (subtype !== 'AT_ValidateConstraint') continue;
      if (!added.some((other) => other.table === table && other.name === name)) continue;
      yield { statement, message: `${name} of ${table} is validated in the transaction that adds it` };
    }
  },
};
