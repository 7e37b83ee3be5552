import { type Database, type LoginRole, translateError } from '@plinth/db';
import {
  bootstrapCommand,
  type Check,
  type CheckContext,
  type Finding,
  fail,
  listed,
  pass,
} from './check.js';
import { readRoleFacts } from './role-facts.js';
import { compareRole, roleNeeds } from './role-needs.js';

/**
 * One role of the system logs in with the URL that is set for it, has what it needs and not more. Where no URL is
 * set, the application's login stands in and the finding says what that lacks; of a role that no setting can name
 * (readonly), the catalogs are asked.
 */
export function roleCheck(role: LoginRole): Check {
  return {
    name: `role ${role}`,
    async run(context) {
      const login = context.logins.get(role);
      if (login === undefined) return await judgeByName(context, role);
      let db: Database;
      try {
        db = await context.connect(login.url);
      } catch (thrown) {
        const { message } = translateError(thrown) as Error;
        return fail(
          `cannot log in with ${login.variable}: ${message}`,
          `correct ${login.variable}, or set the password: psql "$(plinth db url --role admin)" -c '\\password plinth_${role}'`,
        );
      }
      const who = await db.one<{ login: string; acting: string }>(
        'select session_user as login, current_user as acting',
      );
      const notes = login.own ? [] : [`${login.variable} is not set`];
      return await judge(context, { role, who, db, notes });
    },
  };
}

async function judgeByName(context: CheckContext, role: LoginRole): Promise<Finding> {
  const name = `plinth_${role}`;
  const found = await context.db.oneOrNone('select 1 as one from pg_catalog.pg_roles where rolname = $1', [
    name,
  ]);
  if (found === null) return fail(`role ${name} does not exist`, bootstrapCommand('01-roles.sql'));
  const who = { login: name, acting: name };
  return await judge(context, {
    role,
    who,
    db: context.db,
    notes: ['login not tried: no setting names its URL'],
  });
}

async function judge(
  context: CheckContext,
  given: { role: LoginRole; who: { login: string; acting: string }; db: Database; notes: string[] },
): Promise<Finding> {
  const { role, who, db, notes } = given;
  const facts = await readRoleFacts(db, who, context.tables);
  // Tables that do not exist yet are the business of another check.
  const { lacks, exceeds } = compareRole(roleNeeds[role], facts);
  if (!facts.attributes.has('LOGIN')) lacks.unshift('LOGIN');
  const detail = [
    who.login,
    ...notes,
    ...(lacks.length > 0 ? [`lacks ${listed(lacks)}`] : []),
    ...(exceeds.length > 0 ? [`should not have ${listed(exceeds)}`] : []),
  ].join('; ');
  if (lacks.length + exceeds.length === 0) return pass(detail);
  return fail(detail, repair(context, role, who.login, exceeds));
}

function repair(context: CheckContext, role: LoginRole, login: string, exceeds: string[]): string {
  const variable = context.logins.get(role)?.variable ?? '';
  if (login !== `plinth_${role}`)
    return `set ${variable} to a login of plinth_${role} (docs/deployment.md, "Roles")`;
  const grants = exceeds.filter((right) => / on |ownership/.test(right));
  if (grants.length > 0) {
    const [right = '', place = ''] = (grants[0] ?? '').split(/ on | of /);
    if (right === 'ownership')
      return `psql "$(plinth db url --role admin)" -c 'alter table ${place.split(' ')[0]} owner to plinth_owner'`;
    const where =
      place === 'database'
        ? `database "${context.database}"`
        : place.replace(/^\d+ tables$/, 'all tables in schema public');
    return `psql "$(plinth db url --role admin)" -c 'revoke ${right.toLowerCase()} on ${where} from ${login}'`;
  }
  return `${bootstrapCommand('01-roles.sql')} -f packages/db/prisma/bootstrap/02-database.sql, then plinth migrate up`;
}
