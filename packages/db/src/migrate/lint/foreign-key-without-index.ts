import type { Constraint, Node } from 'libpg-query';
import type { Script } from '../split.js';
import type { Rule } from './rule.js';
import { alterCommands, nameOf, nodeOf, tableOf, textOf } from './tree.js';

export const foreignKeyWithoutIndex: Rule = {
  name: 'foreign-key-without-index',
  severity: 'warning',
  why: 'deleting or re-keying a parent searches its children: without an index on the foreign key that is a scan of the whole table, under locks',
  fix: 'add @@index on the foreign key: CREATE INDEX beginning with its columns',
  bad: {
    setup: 'CREATE TABLE people (id int PRIMARY KEY);',
    sql: 'CREATE TABLE pets (id int PRIMARY KEY, owner int NOT NULL REFERENCES people);',
  },
  good: {
    setup: 'CREATE TABLE people (id int PRIMARY KEY);',
    sql: 'CREATE TABLE pets (id int PRIMARY KEY, owner int NOT NULL REFERENCES people);\nCREATE INDEX pets_owner_idx ON pets (owner);',
  },
  *check({ migration, earlier }) {
    const indexes = new Map<string, { table: string; columns: string[] }>();
    for (const { up } of [...earlier, migration]) collectIndexes(up, indexes);
    const covered = (table: string, columns: string[]) =>
      [...indexes.values()].some(
        (index) =>
          index.table === table &&
          columns.every((column) => index.columns.slice(0, columns.length).includes(column)),
      );
    for (const statement of migration.up.statements) {
      for (const { table, columns } of foreignKeys(statement, migration.up)) {
        if (covered(table, columns)) continue;
        yield { statement, message: `no index of ${table} begins with ${columns.join(', ')}` };
      }
    }
  },
};

interface Keyed {
  table: string;
  columns: string[];
}

function foreignKeys(statement: Script['statements'][number], script: Script): Keyed[] {
  return constraintsOf(script)
    .filter((found) => found.statement === statement && found.constraint.contype === 'CONSTR_FOREIGN')
    .map(({ table, constraint, column }) => ({
      table,
      columns: column === undefined ? texts(constraint.fk_attrs) : [column],
    }));
}

/** Primary keys, uniques and plain indexes, as they stand after the script; partial ones and expressions serve no foreign key. */
function collectIndexes(script: Script, indexes: Map<string, Keyed>): void {
  for (const { table, constraint, column } of constraintsOf(script)) {
    if (constraint.contype !== 'CONSTR_PRIMARY' && constraint.contype !== 'CONSTR_UNIQUE') continue;
    const columns = column === undefined ? texts(constraint.keys) : [column];
    indexes.set(constraint.conname ?? `${table} ${constraint.contype} ${columns}`, { table, columns });
  }
  for (const statement of script.statements) {
    const index = nodeOf(statement, 'IndexStmt');
    if (
      index !== undefined &&
      index.whereClause === undefined &&
      ['btree', ''].includes(index.accessMethod ?? '')
    ) {
      const columns = (index.indexParams ?? []).map((node) =>
        'IndexElem' in node ? (node.IndexElem.name ?? '') : '',
      );
      indexes.set(index.idxname ?? `${tableOf(index.relation)} ${columns}`, {
        table: tableOf(index.relation),
        columns,
      });
    }
    const drop = nodeOf(statement, 'DropStmt');
    if (drop?.removeType === 'OBJECT_INDEX') {
      for (const object of drop.objects ?? []) indexes.delete(nameOf(object).split('.').at(-1) ?? '');
    }
  }
}

interface Placed {
  statement: Script['statements'][number];
  table: string;
  constraint: Constraint;
  /** For a constraint written at its column. */
  column: string | undefined;
}

function constraintsOf(script: Script): Placed[] {
  const inTables = script.statements.flatMap((statement) => {
    const create = nodeOf(statement, 'CreateStmt');
    return (create?.tableElts ?? []).flatMap((node): Placed[] => {
      const table = tableOf(create?.relation);
      if ('Constraint' in node) return [{ statement, table, constraint: node.Constraint, column: undefined }];
      return 'ColumnDef' in node
        ? atColumn(statement, table, node.ColumnDef.colname, node.ColumnDef.constraints)
        : [];
    });
  });
  const added = alterCommands(script).flatMap(({ statement, table, constraint, column }): Placed[] => {
    if (constraint !== undefined) return [{ statement, table, constraint, column: undefined }];
    return atColumn(statement, table, column?.colname, column?.constraints);
  });
  return [...inTables, ...added];
}

function atColumn(
  statement: Placed['statement'],
  table: string,
  column: string | undefined,
  nodes: Node[] | undefined,
): Placed[] {
  return (nodes ?? []).flatMap((node) =>
    'Constraint' in node ? [{ statement, table, constraint: node.Constraint, column }] : [],
  );
}

const texts = (nodes: Node[] | undefined): string[] => (nodes ?? []).map(textOf);
