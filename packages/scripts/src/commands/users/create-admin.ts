import { randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { hashPassword, PlinthError } from '@plinth/db';
import type { Command } from 'commander';
import type { CommandContext } from '../../context.js';
import { refusal } from '../../failure.js';
import { readPepper } from '../../password-pepper.js';
import { withDatabaseAs } from '../../target.js';
import { saveAdmin } from './save-admin.js';

const MIN_PASSWORD_LENGTH = 12;

const help = `
Makes the first administrator, and the standard roles where they are missing. The password is read from standard
input, or generated and shown this once. Refused (24) when there is an administrator; --force adds another one. A
user who exists by that e-mail keeps name and password and becomes an active administrator.
PASSWORD_PEPPER must be the API's; in development both take it from PLINTH_HOME.`;

interface Options {
  email: string;
  name: string;
  passwordStdin?: boolean;
  force?: boolean;
}

/** `plinth users create-admin`: the way into an empty production system. */
export function registerCreateAdmin(users: Command, context: CommandContext): void {
  users
    .command('create-admin')
    .description('make the first administrator')
    .requiredOption('--email <address>', 'e-mail address to sign in with')
    .requiredOption('--name <name>', 'full name')
    .option('--password-stdin', 'read the password from standard input instead of generating one')
    .option('--force', 'also when there is an administrator already')
    .addHelpText('after', help)
    .action(async (options: Options) => {
      const email = checkEmail(options.email);
      const fullName = checkName(options.name);
      const pepper = await readPepper(context);
      const password = options.passwordStdin ? await readPassword() : randomBytes(18).toString('base64url');
      const passwordHash = await hashPassword(password, pepper);
      const saved = await withDatabaseAs(context, 'app', {}, (database) =>
        saveAdmin(database, { email, fullName, passwordHash, force: options.force === true }),
      );
      if (saved.outcome === 'refused') {
        throw refusal(
          `there is an administrator already: ${saved.email}`,
          'let that person assign the role, or add --force for another administrator',
        );
      }
      const generated = saved.outcome === 'created' && !options.passwordStdin;
      const answer = { id: saved.id, email, outcome: saved.outcome, password: generated ? password : null };
      context.output.answer(answer, describe(answer));
    });
}

function describe(answer: { email: string; outcome: string; password: string | null }): string {
  const { email, outcome, password } = answer;
  if (outcome === 'promoted')
    return `${email} existed and is an administrator now; name and password are unchanged`;
  if (outcome === 'unchanged') return `${email} is an administrator already`;
  return [
    `created administrator ${email}`,
    ...(password === null ? [] : [`password: ${password}  (shown this once)`]),
  ].join('\n');
}

function checkEmail(given: string): string {
  const email = given.trim().toLowerCase();
  if (email.length <= 320 && /^[^\s@]+@[^\s@]+$/.test(email)) return email;
  throw new PlinthError('usage', `"${given}" is not an e-mail address`, {
    fix: 'give one such as ada@example.com',
  });
}

function checkName(given: string): string {
  const name = given.trim();
  if (name.length >= 1 && name.length <= 200) return name;
  throw new PlinthError('usage', 'a name has 1 to 200 characters', { fix: 'give one with --name' });
}

async function readPassword(): Promise<string> {
  const password = (await text(process.stdin)).replace(/\r?\n$/, '');
  if (password.length >= MIN_PASSWORD_LENGTH) return password;
  throw new PlinthError('usage', `the password has fewer than ${MIN_PASSWORD_LENGTH} characters`, {
    fix: 'pipe a longer one in, or leave --password-stdin out to have one generated',
  });
}
