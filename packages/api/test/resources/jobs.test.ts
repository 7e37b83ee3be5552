import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { signUpAs } from '../support/admin.js';
import { createTestApi, type TestApi, type TestUser } from '../support/api.js';

let api: TestApi;
let admin: TestUser;
let watcher: TestUser;
beforeAll(async () => {
  api = await createTestApi();
  admin = await signUpAs(api, 'admin');
  watcher = await api.signUp('walt', ['operations:read']);
  // From 8 on: as texts, 9 would come after 10.
  await api.admin.query(
    "select setval(pg_get_serial_sequence('graphile_worker._private_jobs', 'id'), 7, true)",
  );
  const add = (task: string, change: string) =>
    api.admin
      .none(
        `with job as (select id from graphile_worker.add_job($1, '{"eventId":"canary-payload"}', run_at => now() - interval '1 minute'))
       select 1 from job`,
        [task],
      )
      .then(() =>
        api.admin.none(
          `update graphile_worker._private_jobs set ${change} where id = (select max(id) from graphile_worker._private_jobs)`,
        ),
      );
  await add('deliver-webhook', "run_at = now() - interval '1 minute'");
  await add('deliver-webhook', "run_at = now() + interval '1 day'");
  await add('deliver-webhook', "attempts = 3, last_error = 'webhook event 1, try 3: status_500'");
  await add('purge-expired', "attempts = max_attempts, last_error = 'timeout'");
  await add('seal-audit', "locked_at = now(), locked_by = 'worker-1', attempts = 1");
});
afterAll(() => api.close());

type Job = { id: string; status: string; task: string };
const list = async (query = '', as = admin): Promise<Job[]> => (await as.ask(`/v1/jobs${query}`)).body.data;

describe('background jobs', () => {
  test('are listed with their state, the latest first, without payloads, to who may see operations', async () => {
    expect((await list()).map(({ status }) => status)).toEqual([
      'running',
      'dead',
      'retrying',
      'scheduled',
      'waiting',
    ]);
    expect(await list('', watcher)).toEqual(await list());
    expect((await admin.ask('/v1/jobs')).text).not.toContain('canary-payload');
    const [dead] = await list('?status=dead');
    expect(dead).toMatchObject({ task: 'purge-expired', lastError: 'timeout', startedAt: null });
    expect(await list('?task=deliver-webhook')).toHaveLength(3);
    expect((await watcher.ask(`/v1/jobs/${dead?.id}`)).body).toEqual(dead);
    const nobody = await api.signUp('nobody');
    for (const path of ['/v1/jobs', `/v1/jobs/${dead?.id}`])
      expect([path, (await nobody.ask(path)).status]).toEqual([path, 403]);
    for (const [id, status] of [
      ['999999', 404],
      ['x', 400],
      ['-1', 400],
      ['9'.repeat(19), 400],
    ] as const)
      expect([id, (await admin.ask(`/v1/jobs/${id}`)).status]).toEqual([id, status]);
  });

  test('come page by page, each exactly once', async () => {
    const whole = (await list()).map(({ id }) => id);
    const ids: string[] = [];
    for (let cursor = ''; ; ) {
      const { body } = await admin.ask(`/v1/jobs?limit=2${cursor && `&cursor=${cursor}`}`);
      ids.push(...body.data.map(({ id }: Job) => id));
      if (body.nextCursor === null) break;
      cursor = body.nextCursor;
    }
    expect(ids).toEqual(whole);
  });

  test('that failed run again with all their tries, by who may; those that run do not', async () => {
    const [dead] = await list('?status=dead');
    const retry = (as: TestUser, id = dead?.id) => as.ask(`/v1/jobs/${id}/retry`, { method: 'POST' });
    expect((await retry(watcher)).status).toBe(403);
    expect((await retry(admin)).body).toMatchObject({ id: dead?.id, status: 'waiting', attempts: 0 });
    const [running] = await list('?status=running');
    expect((await retry(admin, running?.id)).status).toBe(409);
    expect((await retry(admin, '999999')).status).toBe(404);
    const events = await api.admin.query(
      "select details from audit.security_events where type = 'job.retried' and user_id = $1",
      [admin.id],
    );
    expect(events).toEqual([{ details: { jobId: dead?.id } }]);
    // The function of the database judges for itself, whoever calls it.
    await expect(
      api.database.tx((sql) => sql.query('select plinth.retry_job(1)'), { type: 'user', userId: watcher.id }),
    ).rejects.toMatchObject({ code: 'permission' });
    expect(await api.database.query('select 1 from job_entries')).toEqual([]);
  });
});
