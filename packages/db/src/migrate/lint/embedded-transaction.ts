import type { Rule } from './rule.js';

export const embeddedTransaction: Rule = {
  name: 'embedded-transaction',
  severity: 'warning',
  why: 'BEGIN and COMMIT inside a file end the transaction it runs in: under `prisma migrate deploy` a later failure leaves half of it (Prisma writes them itself when an enum loses a value)',
  fix: 'remove BEGIN and COMMIT: the file is one transaction without them',
  bad: { sql: 'BEGIN;\nCREATE TABLE notes (id int PRIMARY KEY);\nCOMMIT;' },
  good: { sql: 'CREATE TABLE notes (id int PRIMARY KEY);' },
  *check({ migration }) {
    for (const { text, line } of migration.up.neutralised) {
      yield { line, message: `${text} inside a migration` };
    }
  },
};
