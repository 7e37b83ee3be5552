import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { signUpAs } from '../support/admin.js';
import { createTestApi, PASSWORD, type TestApi, type TestUser } from '../support/api.js';

let api: TestApi;
let admin: TestUser;
let user: TestUser;
beforeAll(async () => {
  api = await createTestApi();
  admin = await signUpAs(api, 'admin');
  user = await api.signUp('ulla');
});
afterAll(() => api.close());

const post = (as: TestUser, path: string, body: object = {}) => as.ask(path, { method: 'POST', body });
const headers = { 'if-match': '*' };

describe('administration', () => {
  test('users are found, never with a secret, and switched off within a second', async () => {
    const found = (await admin.ask(`/v1/users?email=ULLA@example.com`)).body.data;
    expect(found).toHaveLength(1);
    expect(JSON.stringify(found)).not.toMatch(/hash|enc|argon/i);
    const target = await api.signUp('tom');
    const off = await admin.ask(`/v1/users/${target.id}`, {
      method: 'PATCH',
      body: { isActive: false },
      headers,
    });
    expect(off.body.isActive).toBe(false);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect((await target.ask('/v1/me')).status).toBe(401);
  });

  test('a user is sent anew after a sign-in, which is no change of it', async () => {
    const target = await api.signUp('seen');
    const at = `/v1/users/${target.id}`;
    const first = await admin.ask(at);
    const etag = first.headers.get('etag') ?? '';
    const again = () => admin.ask(at, { headers: { 'if-none-match': etag } });
    expect((await again()).status).toBe(304);
    await post(target, '/v1/auth/sign-in', { email: target.email, password: PASSWORD });
    const later = await again();
    expect([later.status, later.body.version]).toEqual([200, first.body.version]);
    const off = { method: 'PATCH', body: { fullName: 'Seen' }, headers: { 'if-match': etag } };
    expect((await admin.ask(at, off)).status).toBe(200);
    expect((await admin.ask(at, off)).status).toBe(412);
  });

  test('a deleted user comes back, unless somebody took the e-mail', async () => {
    const target = await api.signUp('del');
    expect((await admin.ask(`/v1/users/${target.id}`, { method: 'DELETE', headers })).status).toBe(204);
    expect((await admin.ask(`/v1/users/${target.id}`)).status).toBe(404);
    expect((await post(admin, `/v1/users/${target.id}/restore`)).status).toBe(200);
    await admin.ask(`/v1/users/${target.id}`, { method: 'DELETE', headers });
    await api.signUp('del');
    expect((await post(admin, `/v1/users/${target.id}/restore`)).status).toBe(409);
  });

  test('a role is given with a reason, works within a second, and is taken away again', async () => {
    const role = { name: 'book-keeper', permissions: ['campaigns:write', 'campaigns:read'] };
    expect((await post(admin, '/v1/roles', role)).status).toBe(201);
    expect((await post(admin, '/v1/roles', role)).status).toBe(409);
    const grant = { userId: user.id, role: role.name, reason: 'new job' };
    const made = await post(admin, '/v1/role-assignments', grant);
    expect(made.body).toMatchObject({
      userId: user.id,
      grantedBy: admin.id,
      reason: 'new job',
      revokedAt: null,
    });
    expect((await post(admin, '/v1/role-assignments', grant)).status).toBe(409);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect((await user.ask('/v1/me')).body.roles).toEqual(['book-keeper']);
    const at = `/v1/role-assignments/${made.body.id}`;
    expect((await admin.ask(at, { method: 'DELETE', headers })).status).toBe(204);
    expect((await admin.ask(at)).body.revokedBy).toBe(admin.id);
    expect((await admin.ask(at, { method: 'DELETE', headers })).status).toBe(409);
    const events = (await admin.ask(`/v1/security-events?userId=${user.id}`)).body.data;
    expect(events.map((one: { type: string }) => one.type)).toEqual(
      expect.arrayContaining(['role.granted', 'role.revoked']),
    );
  });

  test('nobody gives, or makes, a role that permits more than they may', async () => {
    const deputy = await api.signUp('deputy', ['roles:read', 'roles:write']);
    expect((await post(deputy, '/v1/role-assignments', { userId: deputy.id, role: 'admin' })).status).toBe(
      403,
    );
    expect((await post(deputy, '/v1/roles', { name: 'mine', permissions: ['users:write'] })).status).toBe(
      403,
    );
    const [own] = (await deputy.ask('/v1/roles?name=role-of-deputy')).body.data;
    const widen = await deputy.ask(`/v1/roles/${own.id}`, {
      method: 'PATCH',
      body: { permissions: ['audit:read'] },
      headers,
    });
    expect(widen.status).toBe(403);
    // Nor empties one, to give it to themselves and wait until it is filled again.
    const [most] = (await admin.ask('/v1/roles?name=admin')).body.data;
    const emptied = await deputy.ask(`/v1/roles/${most.id}`, {
      method: 'PATCH',
      body: { permissions: [] },
      headers,
    });
    expect([emptied.status, (await admin.ask(`/v1/roles/${most.id}`)).body]).toEqual([403, most]);
    const renamed = await deputy.ask(`/v1/roles/${own.id}`, {
      method: 'PATCH',
      body: { description: 'mine' },
      headers: { 'if-match': `"${own.version}"` },
    });
    expect([renamed.status, renamed.body.description]).toEqual([200, 'mine']);
    for (const [what, body] of [
      ['/userId', { userId: crypto.randomUUID(), role: 'admin' }],
      ['/role', { userId: user.id, role: 'no-such-role' }],
    ] as const) {
      const refused = await post(admin, '/v1/role-assignments', body);
      expect([refused.status, refused.body.errors[0].pointer]).toEqual([422, what]);
    }
  });

  test('sessions are seen by their user and by administrators, and ended', async () => {
    const [mine] = (await user.ask('/v1/me/sessions')).body.data;
    expect(mine).toMatchObject({ revokedAt: null });
    expect(JSON.stringify(mine)).not.toMatch(/hash/i);
    expect((await admin.ask(`/v1/users/${user.id}/sessions`)).body.data).toHaveLength(1);
    const stranger = await api.signUp('strange', ['users:read']);
    expect((await stranger.ask(`/v1/users/${user.id}/sessions`)).body.data).toEqual([]);
    expect((await stranger.ask(`/v1/me/sessions/${mine.id}`, { method: 'DELETE' })).status).toBe(404);
    expect((await user.ask(`/v1/me/sessions/${mine.id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await post(user, '/v1/auth/refresh', { refreshToken: user.refreshToken })).status).toBe(401);
  });

  test('operators see calls, backups and alerts, filtered', async () => {
    await api.admin.none(
      `insert into external_service_calls (service, operation, method, url, duration_ms, ok) values ('mail', 'send', 'POST', 'https://mail.example/', 12, true)`,
    );
    await api.admin.none(
      `insert into backup_runs (backup_id, status, finished_at, stored_bytes) values ('b1', 'succeeded', now(), 5000000000)`,
    );
    await api.admin.none(
      `insert into alerts (rule, severity, message) values ('backup_stale', 'critical', 'old')`,
    );
    const [call] = (await admin.ask('/v1/external-service-calls?ok=true&service=mail')).body.data;
    expect(call.durationMs).toBe(12);
    expect((await admin.ask('/v1/external-service-calls?ok=false')).body.data).toEqual([]);
    expect((await admin.ask('/v1/backup-runs?status=succeeded')).body.data[0].storedBytes).toBe(
      5_000_000_000,
    );
    expect((await admin.ask('/v1/alerts?severity=critical')).body.data[0].rule).toBe('backup_stale');
    // Somebody of their own: the tests above end `user` at once.
    const nobody = await api.signUp('nobody');
    for (const path of ['external-service-calls', 'backup-runs', 'alerts']) {
      expect((await nobody.ask(`/v1/${path}`)).status).toBe(403);
    }
  });
});
