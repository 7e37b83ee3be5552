import type { Database, DatabaseConfig } from '@plinth/db';
import type { EmbeddedRole } from '@plinth/db/embedded';

/** One line of `plinth validate`. `fix` is a command or an instruction, null where nothing has to be done. */
export interface Finding {
  ok: boolean;
  detail: string;
  fix: string | null;
}

/** What a check may look at. */
export interface CheckContext {
  /** As the first role that could log in, the application's where possible. */
  readonly db: Database;
  readonly database: string;
  /** Settings of the application's connection. */
  readonly settings: DatabaseConfig;
  /** The login of each role whose URL is known; a role without a URL of its own has the application's. */
  readonly logins: ReadonlyMap<EmbeddedRole, Login>;
  /** Opens the database with another login, at most `connections` at a time; closed at the end of the run. */
  connect(url: string, connections?: number): Promise<Database>;
  /** `schema.table` of everything the deployed migrations should have made. */
  readonly tables: readonly string[];
  readonly migrationsDir: string;
  /** The server's data folder where it is on this machine and known. */
  readonly dataDir: string | undefined;
  readonly backupDir: string;
  /** PATH, for finding PostgreSQL's client programs. */
  readonly path: string | undefined;
}

export interface Login {
  url: string;
  /** The setting that names it. */
  variable: string;
  /** False when it is the application's login standing in. */
  own: boolean;
}

/** One check: one question about the system, answered by one small file. */
export interface Check {
  /** As printed; permanent, since programs read it. */
  readonly name: string;
  run(context: CheckContext): Promise<Finding>;
}

export const pass = (detail: string): Finding => ({ ok: true, detail, fix: null });
export const fail = (detail: string, fix: string): Finding => ({ ok: false, detail, fix });

/** "a, b, c and 4 more": long lists are cut, since the first names are enough to act on. */
export function listed(names: readonly string[], most = 4): string {
  if (names.length <= most) return names.join(', ');
  return `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
}

/** The command that runs one of the bootstrap scripts on this database as an administrator. */
export function bootstrapCommand(script: '01-roles.sql' | '02-database.sql'): string {
  return `psql "$(plinth db url --role admin)" -f packages/db/prisma/bootstrap/${script}`;
}
