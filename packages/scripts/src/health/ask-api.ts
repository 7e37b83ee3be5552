import { PlinthError } from '@plinth/db';
import type { HealthBody } from './ask-database.js';

const TIMEOUT_MS = 5_000;

/**
 * What GET /health/db of an API answers, healthy or not. Throws `unavailable` when nothing does, `auth_failed` when it
 * wants another OPS_TOKEN, `api_answer` when it is not Plinth's.
 */
export async function askApi(api: string, opsToken: string | undefined): Promise<HealthBody> {
  const url = new URL('/health/db', api);
  const headers = opsToken ? { authorization: `Bearer ${opsToken}` } : {};
  let answer: Response;
  try {
    answer = await fetch(url, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch (cause) {
    throw new PlinthError('unavailable', `no answer from ${url.origin}`, {
      cause,
      fix: 'check that the API runs there; `plinth health --database` asks the database itself',
    });
  }
  if (answer.status === 401 || answer.status === 403) {
    throw new PlinthError('auth_failed', `${url.origin} wants another OPS_TOKEN (${answer.status})`, {
      fix: 'set OPS_TOKEN to the value that the API has',
    });
  }
  const body = (await answer.json().catch(() => undefined)) as HealthBody | undefined;
  if (typeof body?.status !== 'string' || typeof body.details !== 'object') {
    throw new PlinthError('api_answer', `${url.origin} answered ${answer.status} without a health body`, {
      fix: 'check that the address is that of a Plinth API',
    });
  }
  return body;
}
