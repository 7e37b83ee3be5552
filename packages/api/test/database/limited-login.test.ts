import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { withClient } from '@plinth/db';
import { createTestApi, type TestApi } from '../support/api.js';
import { ask } from '../support/http.js';
import { SETTINGS } from '../support/settings.js';

const operator = { authorization: `Bearer ${SETTINGS.OPS_TOKEN}` };

describe.each([
  ['without READONLY_DATABASE_URL', null],
  ['with a login that lacks pg_monitor', 'worker'],
] as const)('monitoring %s', (_what, monitoredBy) => {
  let api: TestApi;
  beforeAll(async () => {
    api = await createTestApi({ monitoredBy });
    await api.monitoring.monitor.collect([1, 2, 3]);
    await api.monitoring.monitor.collect([1, 2, 3]);
  });
  afterAll(() => api.close());

  const get = (path: string) => ask(`${api.url}/v1/database/${path}`, { headers: operator });

  test.each(['metrics', 'findings', 'sessions', 'statements', 'tables'])(
    '%s answers 200: what may not be seen is left out, not an error',
    async (path) => {
      const { status, body } = await get(path);
      expect([path, status, body.code]).toEqual([path, 200, undefined]);
      if ('state' in body) expect([body.state, body.error]).toEqual(['up', null]);
    },
  );

  test("sessions of other roles are not shown, those of the login's own role are", async () => {
    const pidOf = "select pg_backend_pid() as pid, 'hush' as word";
    await withClient(api.testDatabase.url('migrator'), (other) =>
      withClient(api.testDatabase.url(monitoredBy ?? 'app'), async (own) => {
        const [hidden, shown] = [await other.query(pidOf), await own.query(pidOf)];
        await api.monitoring.monitor.collect([1]);
        const { body } = await get('sessions');
        const pids = body.sessions.map(({ pid }: { pid: number }) => pid);
        expect(pids).toContain(shown.rows[0].pid);
        expect(pids).not.toContain(hidden.rows[0].pid);
        expect(JSON.stringify(body)).not.toContain('hush');
      }),
    );
  });

  test('sizes that only pg_monitor tells are null', async () => {
    expect((await get('metrics')).body.files.wal).toBeNull();
  });

  test('a log line says so where no login is set', () => {
    const lines = api.logs.filter(({ msg }) => String(msg).startsWith('READONLY_DATABASE_URL is not set'));
    expect(lines).toHaveLength(monitoredBy === null ? 1 : 0);
  });
});
