import type { Rule } from './rule.js';
import { nameOf, nodeOf, type textOf, walk } from './tree.js';

export const enumValueUsedAtOnce: Rule = {
  name: 'enum-value-used-at-once',
  severity: 'critical',
  why: 'a value added to an enum can be used only after its transaction has ended (55P04)',
  fix: 'use the value in the next migration',
  bad: {
    setup:
      "CREATE TYPE mood AS ENUM ('ok'); CREATE TABLE notes (id int PRIMARY KEY, mood mood NOT NULL DEFAULT 'ok');",
    sql: "ALTER TYPE mood ADD VALUE 'sad' AFTER 'ok';\nALTER TABLE notes ALTER COLUMN mood SET DEFAULT 'sad';",
    fails: '55P04',
  },
  good: {
    setup: "CREATE TYPE mood AS ENUM ('ok');",
    sql: "ALTER TYPE mood ADD VALUE 'sad' AFTER 'ok';",
  },
  *check({ migration: { up } }) {
    // Statement by statement each is a transaction of its own.
    if (up.stepwise) return;
    const made = new Set(
      up.statements.map((statement) => namesOf(nodeOf(statement, 'CreateEnumStmt')?.typeName)),
    );
    const added = new Map<string, string>();
    for (const statement of up.statements) {
      const alter = nodeOf(statement, 'AlterEnumStmt');
      const type = namesOf(alter?.typeName);
      if (alter?.newVal !== undefined && alter.oldVal === undefined) {
        if (!made.has(type)) added.set(alter.newVal, type);
        continue;
      }
      const used = literalsOf(statement.node).find((literal) => added.has(literal));
      if (used !== undefined)
        yield {
          statement,
          message: `'${used}' is used in the transaction that adds it to ${added.get(used)}`,
        };
    }
  },
};

const namesOf = (names: Parameters<typeof textOf>[0][] | undefined): string =>
  nameOf({ List: { items: (names ?? []).filter((node) => node !== undefined) } });

function literalsOf(node: unknown): string[] {
  return [...walk(node)].flatMap((value) => {
    const constant = value.A_Const as { sval?: { sval?: string } } | undefined;
    return constant?.sval?.sval === undefined ? [] : [constant.sval.sval];
  });
}
