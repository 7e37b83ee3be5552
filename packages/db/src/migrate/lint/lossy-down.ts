import type { Rule } from './rule.js';
import { alterCommands, createdTables, droppedTables, nodeOf, tableOf } from './tree.js';

export const lossyDown: Rule = {
  name: 'lossy-down',
  severity: 'warning',
  why: 'a down.sql that drops what its migration did not make, empties a table, or makes again what the migration dropped, loses rows or comes back without them',
  fix: 'undo exactly what migration.sql does; what cannot come back is declared in down.sql: `-- lint-ignore lossy-down: <reason>`',
  bad: {
    setup: 'CREATE TABLE people (id int PRIMARY KEY, name text);',
    sql: '-- lint-ignore ban-drop-column: the example is about the way back\nALTER TABLE people DROP COLUMN name;',
    down: 'ALTER TABLE people ADD COLUMN name text;',
  },
  good: {
    setup: 'CREATE TABLE people (id int PRIMARY KEY, name text);',
    sql: 'ALTER TABLE people ADD COLUMN nick text;',
    down: 'ALTER TABLE people DROP COLUMN nick;',
  },
  *check({ migration: { up, down } }) {
    if (down === undefined) return;
    const file = 'down.sql' as const;
    const [made, gone] = [createdTables(up), new Set(droppedTables(up).map(({ table }) => table))];
    const columns = (subtype: string, script = up) =>
      alterCommands(script).filter((command) => command.subtype === subtype);
    const has = (list: ReturnType<typeof columns>, table: string, name: string) =>
      list.some((command) => command.table === table && command.name === name);
    const renamed = new Set(
      up.statements.flatMap((statement) => {
        const rename = nodeOf(statement, 'RenameStmt');
        return rename === undefined
          ? []
          : [`public.${rename.newname}`, `${tableOf(rename.relation)}.${rename.newname}`];
      }),
    );

    for (const { table, statement } of droppedTables(down)) {
      if (!made.has(table) && !renamed.has(table))
        yield { file, statement, message: `${table} is dropped, but migration.sql did not make it` };
    }
    for (const { table, name, statement } of columns('AT_DropColumn', down)) {
      if (made.has(table) || has(columns('AT_AddColumn'), table, name) || renamed.has(`${table}.${name}`))
        continue;
      yield { file, statement, message: `${table}.${name} is dropped, but migration.sql did not add it` };
    }
    for (const { table, name, statement } of columns('AT_AddColumn', down)) {
      if (has(columns('AT_DropColumn'), table, name))
        yield { file, statement, message: `${table}.${name} comes back without its values` };
    }
    for (const table of createdTables(down)) {
      if (gone.has(table)) yield { file, message: `${table} comes back without its rows` };
    }
    for (const statement of down.statements) {
      const emptied =
        nodeOf(statement, 'TruncateStmt') ??
        (nodeOf(statement, 'DeleteStmt')?.whereClause === undefined
          ? nodeOf(statement, 'DeleteStmt')
          : undefined);
      if (emptied !== undefined) yield { file, statement, message: 'it empties a table' };
    }
  },
};
