import { bootstrapCommand, type Check, fail, listed, pass } from './check.js';

/** Trusted ones come with the first migration, pg_stat_statements with the bootstrap. */
const required = ['uuid-ossp', 'pgcrypto', 'pg_trgm', 'pg_stat_statements'];

/** Every extension is installed in this database, and pg_stat_statements is collecting. */
export const extensions: Check = {
  name: 'extensions',
  async run({ db }) {
    const rows = await db.query<{ name: string }>('select extname as name from pg_extension');
    const present = new Set(rows.map((row) => row.name));
    const missing = required.filter((name) => !present.has(name));
    if (missing.length > 0) {
      const statements = missing.map((name) => `create extension "${name}"`).join('; ');
      return fail(`missing: ${listed(missing)}`, `psql "$(plinth db url --role admin)" -c '${statements}'`);
    }
    const readable = await db
      .query('select 1 from pg_stat_statements limit 0')
      .then(() => 'collects')
      .catch((error: { sqlstate?: string }) => error.sqlstate);
    if (readable === '55000') {
      return fail(
        'pg_stat_statements is installed but not loaded by the server',
        `add it to shared_preload_libraries and restart the server`,
      );
    }
    if (readable !== 'collects') {
      return fail('pg_stat_statements cannot be read', bootstrapCommand('02-database.sql'));
    }
    return pass(required.join(', '));
  },
};
