import type { Rule } from './rule.js';
import { alterCommands, createdTables, droppedTables } from './tree.js';

export const renameAsDropAdd: Rule = {
  name: 'rename-as-drop-add',
  severity: 'critical',
  why: 'a rename in the schema reaches SQL as DROP and ADD: the new column or table starts empty and the data is gone',
  fix: 'write ALTER TABLE ... RENAME (`plinth migrate create --rename old=new` does), or lint-ignore it where it really is another column',
  bad: {
    setup: 'CREATE TABLE people (id int PRIMARY KEY, name text);',
    sql: '-- lint-ignore ban-drop-column: the example is about the rename\nALTER TABLE people DROP COLUMN name, ADD COLUMN full_name text;',
  },
  good: {
    setup: 'CREATE TABLE people (id int PRIMARY KEY, name text);',
    sql: '-- lint-ignore renaming-column: nothing reads it yet\nALTER TABLE people RENAME COLUMN name TO full_name;',
  },
  *check({ migration: { up } }) {
    const commands = alterCommands(up);
    for (const { statement, table, name } of commands.filter(({ subtype }) => subtype === 'AT_DropColumn')) {
      const added = commands.filter(
        (other) => other.subtype === 'AT_AddColumn' && other.table === table && other.name !== name,
      );
      if (added.length === 0) continue;
      const names = added.map((other) => other.name).join(', ');
      yield { statement, message: `${table} loses ${name} and gains ${names}: a rename would keep the data` };
    }
    const created = [...createdTables(up)];
    for (const { table, statement } of droppedTables(up)) {
      const others = created.filter((name) => name !== table);
      if (others.length === 0) continue;
      yield {
        statement,
        message: `${table} is dropped and ${others.join(', ')} created: a rename would keep the data`,
      };
    }
  },
};
