import type { Rule } from './rule.js';
import { alterCommands, textOf } from './tree.js';

export const serialTypeChange: Rule = {
  name: 'serial-type-change',
  severity: 'critical',
  instead: ['changing-column-type'],
  why: 'SERIAL and BIGSERIAL are words of CREATE TABLE and ADD COLUMN, not types: Prisma writes SET DATA TYPE BIGSERIAL all the same, and PostgreSQL refuses it',
  fix: 'write SET DATA TYPE BIGINT, and ALTER SEQUENCE ... AS BIGINT for its sequence',
  bad: {
    setup: 'CREATE TABLE notes (id serial PRIMARY KEY);',
    sql: 'ALTER TABLE notes ALTER COLUMN id SET DATA TYPE BIGSERIAL;',
    fails: '42704',
  },
  good: {
    setup: 'CREATE TABLE notes (id serial PRIMARY KEY);',
    sql: '-- lint-ignore changing-column-type: the table is empty\nALTER TABLE notes ALTER COLUMN id SET DATA TYPE BIGINT;\nALTER SEQUENCE notes_id_seq AS BIGINT;',
  },
  *check({ migration }) {
    for (const { statement, subtype, table, name, column } of alterCommands(migration.up)) {
      const type = textOf(column?.typeName?.names?.at(-1));
      if (subtype === 'AT_AlterColumnType' && /^((big|small)?serial|serial[248])$/.test(type)) {
        yield { statement, message: `${table}.${name} is changed to ${type}, which is no type` };
      }
    }
  },
};
