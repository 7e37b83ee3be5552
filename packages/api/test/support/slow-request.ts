import type { Database } from '@plinth/db';
import { ask } from './http.js';
import { countWaiting } from './locks.js';
import type { ApiProcess } from './process.js';
import { PASSWORD } from './settings.js';
import { until } from './until.js';

/** Holds the user's row, so that a change of it waits; `release` lets it go. */
async function holdUser(admin: Database, email: string): Promise<{ release: () => Promise<void> }> {
  const client = await admin.pool.connect();
  await client.query('begin');
  await client.query('select from users where email = $1 for update', [email]);
  return {
    async release() {
      await client.query('commit');
      client.release();
    },
  };
}

/** Sends a change of the user's name that will wait for the row. */
export async function slowChange(api: ApiProcess, admin: Database, email: string) {
  const { body } = await ask(`${api.url}/v1/auth/sign-in`, {
    method: 'POST',
    body: { email, password: PASSWORD },
  });
  const held = await holdUser(admin, email);
  const answer = ask(`${api.url}/v1/me`, {
    method: 'PATCH',
    body: { fullName: `Somebody ${Date.now()}` },
    headers: { authorization: `Bearer ${body.accessToken}`, 'if-match': '*' },
  });
  answer.catch(() => {});
  await until(async () => (await countWaiting(admin)) > 0, 5_000);
  return { answer, ...held };
}
