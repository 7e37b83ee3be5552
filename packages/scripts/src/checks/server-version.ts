import { type Check, fail, pass } from './check.js';

/** The majors that our tests run on, and everything between them. */
const OLDEST = 15;
const NEWEST = 18;

/** The server is of a major that Plinth is tested with. */
export const serverVersion: Check = {
  name: 'server version',
  async run({ db }) {
    const { version, number } = await db.one<{ version: string; number: number }>(
      `select current_setting('server_version') as version, current_setting('server_version_num')::int as number`,
    );
    return judgeVersion(version, number);
  },
};

/** The verdict on a server that reports `version` and `number` (server_version_num, such as 150018). */
export function judgeVersion(version: string, number: number) {
  const major = Math.trunc(number / 10_000);
  if (major < OLDEST)
    return fail(`PostgreSQL ${version} is too old`, `upgrade the server to ${OLDEST} or newer`);
  if (major > NEWEST) {
    return fail(
      `PostgreSQL ${version} is newer than ${NEWEST}`,
      'use a Plinth release that was tested with it',
    );
  }
  return pass(`PostgreSQL ${version}`);
}
