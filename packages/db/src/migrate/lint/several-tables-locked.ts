import type { Rule } from './rule.js';
import { stronglyLocked } from './statement-locks.js';
import { createdTables } from './tree.js';

export const severalTablesLocked: Rule = {
  name: 'several-tables-locked',
  severity: 'warning',
  why: 'one transaction that locks several tables in use holds the first while it waits for the next: a deadlock with transactions that lock them the other way round, and a longer stop for all of them',
  fix: 'give each table a migration of its own',
  bad: {
    setup: 'CREATE TABLE people (id int PRIMARY KEY); CREATE TABLE pets (id int PRIMARY KEY);',
    sql: 'ALTER TABLE people ADD COLUMN nick text;\nALTER TABLE pets ADD COLUMN nick text;',
  },
  good: {
    setup: 'CREATE TABLE people (id int PRIMARY KEY); CREATE TABLE pets (id int PRIMARY KEY);',
    sql: 'ALTER TABLE people ADD COLUMN nick text;\nCREATE TABLE toys (id int PRIMARY KEY);\nALTER TABLE toys ADD COLUMN name text;',
  },
  *check({ migration: { up } }) {
    if (up.stepwise) return;
    const [first, second, ...more] = stronglyLocked(up, createdTables(up));
    if (first === undefined || second === undefined) return;
    const names = [first, second, ...more].map(([table]) => table).join(', ');
    yield { statement: second[1], message: `one transaction locks ${names}` };
  },
};
