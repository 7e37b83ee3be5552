import type { ColumnDef, Constraint, Node, RangeVar } from 'libpg-query';
import type { Script, Statement } from '../split.js';

/** The statement's tree when it is of this kind; fields as @pgsql/types names them. */
export function nodeOf<K extends KeyOf<Node>>(statement: Statement, kind: K): Body<K> | undefined {
  return statement.kind === kind ? (statement.node[kind] as Body<K>) : undefined;
}

type KeyOf<T> = T extends T ? keyof T : never;
type Body<K extends KeyOf<Node>> = Extract<Node, Record<K, unknown>>[K];

/** `schema.table`; without a schema it is public's, as in every migration of ours. */
export function tableOf(relation: RangeVar | undefined): string {
  return `${relation?.schemaname ?? 'public'}.${relation?.relname ?? ''}`;
}

/** The last parts of a dotted name in a DROP or COMMENT: `public.users` of `users`. */
export function nameOf(object: Node | undefined): string {
  const items =
    object !== undefined && 'List' in object
      ? (object.List.items ?? [])
      : object === undefined
        ? []
        : [object];
  const parts = items.map(textOf).filter((part) => part !== '');
  return parts.length === 1 ? `public.${parts[0]}` : parts.slice(-2).join('.');
}

/** The text of a String node, else ''. */
export function textOf(node: Node | undefined): string {
  return node !== undefined && 'String' in node ? (node.String.sval ?? '') : '';
}

/** One command of an ALTER TABLE. */
export interface AlterCommand {
  readonly statement: Statement;
  readonly table: string;
  /** Such as `AT_AddColumn`. */
  readonly subtype: string;
  /** Of the column or constraint. */
  readonly name: string;
  readonly column: ColumnDef | undefined;
  readonly constraint: Constraint | undefined;
}

/** Every command of every ALTER TABLE of a script, in order. */
export function alterCommands(script: Script): AlterCommand[] {
  return script.statements.flatMap((statement) => {
    const alter = nodeOf(statement, 'AlterTableStmt');
    if (alter === undefined || alter.objtype !== 'OBJECT_TABLE') return [];
    return (alter.cmds ?? []).flatMap((node) => {
      if (!('AlterTableCmd' in node)) return [];
      const { subtype = '', name, def } = node.AlterTableCmd;
      const column = def !== undefined && 'ColumnDef' in def ? def.ColumnDef : undefined;
      const constraint = def !== undefined && 'Constraint' in def ? def.Constraint : undefined;
      const called = name ?? column?.colname ?? constraint?.conname ?? '';
      return { statement, table: tableOf(alter.relation), subtype, name: called, column, constraint };
    });
  });
}

/** Tables that a script makes: what it does to them afterwards disturbs nobody. */
export function createdTables(script: Script): Set<string> {
  const names = script.statements.flatMap((statement) => {
    const create = nodeOf(statement, 'CreateStmt') ?? nodeOf(statement, 'CreateTableAsStmt')?.into;
    const relation =
      create === undefined
        ? undefined
        : 'relation' in create
          ? create.relation
          : 'rel' in create
            ? create.rel
            : undefined;
    return relation === undefined ? [] : [tableOf(relation)];
  });
  return new Set(names);
}

/** Tables that a script drops, with the statement that does. */
export function droppedTables(script: Script): { table: string; statement: Statement }[] {
  return script.statements.flatMap((statement) => {
    const drop = nodeOf(statement, 'DropStmt');
    if (drop?.removeType !== 'OBJECT_TABLE') return [];
    return (drop.objects ?? []).map((object) => ({ table: nameOf(object), statement }));
  });
}

/** Every node below, in order. */
export function* walk(value: unknown): Generator<Readonly<Record<string, unknown>>> {
  if (Array.isArray(value)) {
    for (const item of value) yield* walk(item);
  } else if (typeof value === 'object' && value !== null) {
    yield value as Record<string, unknown>;
    yield* walk(Object.values(value));
  }
}
