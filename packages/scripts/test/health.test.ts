import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { withClient } from '@plinth/db';
import { embeddedUrl, stopEmbedded } from '@plinth/db/embedded';
import { freePort } from '@plinth/db/testing';
import { type CheckedServer, startCheckedServer } from './checks/server.js';
import { createHome, plinth } from './plinth.js';

describe('plinth health, asking the database', () => {
  let server: CheckedServer;
  beforeAll(async () => {
    server = await startCheckedServer();
  });
  afterAll(() => server.remove());
  const health = async (...args: string[]) => {
    const { code, stdout } = await plinth(['health', '--json', ...args], server.env());
    return { code, body: JSON.parse(stdout) };
  };

  test('answers the body of /health/db and 0', async () => {
    const { code, body } = await health();
    expect(code).toBe(0);
    const database = {
      status: 'up',
      connectivity: { status: 'up', ms: expect.any(Number) },
      write_check: { status: 'up', ms: expect.any(Number) },
      connection_pool: { size: 2, checked_in: 2, checked_out: 0, overflow: 0, invalid: 0 },
      migrations: { pending: [], failed: [] },
      role: 'primary',
      connections: { used: expect.any(Number), usable: expect.any(Number) },
      locks: { blocked: 0, oldest_wait_ms: 0 },
      replication: { lag_seconds: null, standbys: 0 },
      xid: { age_ratio: expect.any(Number) },
      user_count: 0,
      current_time: expect.any(String),
      pg_version: expect.stringMatching(/^15\./),
      response_times: { simple_query_ms: expect.any(Number), write_ms: expect.any(Number) },
    };
    expect(body).toEqual({ status: 'ok', info: { database }, error: {}, details: { database } });
  });

  test('people get a verdict and one line per fact', async () => {
    const { code, stdout } = await plinth(['health'], server.env());
    expect(code).toBe(0);
    expect(stdout).toMatch(/^healthy \(asked database\)\n {2}status +up\n/);
    expect(stdout).toMatch(/^ {2}pg_version +15\./m);
    expect(stdout).toMatch(
      /^ {2}connection_pool +size 2, checked_in 2, checked_out 0, overflow 0, invalid 0$/m,
    );
    expect(stdout).toMatch(/^ {2}migrations +pending none, failed none$/m);
    expect(stdout).toMatch(/^ {2}connectivity +up, ms [\d.]{1,7}$/m);
    expect(stdout).not.toMatch(/[{"[]/);
  });

  test('ends with 1 and a code when writes do not work', async () => {
    await server.admin('alter role plinth_app set default_transaction_read_only = on');
    const { code, body } = await health();
    await server.admin('alter role plinth_app reset default_transaction_read_only');
    expect(code).toBe(1);
    expect(body).toMatchObject({
      status: 'error',
      info: {},
      error: { database: { status: 'down', code: 'read_only' } },
    });
  });

  test('ends with 1 when a migration is pending, naming it', async () => {
    await server.admin(
      'create table kept as table _prisma_migrations; delete from _prisma_migrations where migration_name like $$%_audit$$',
    );
    const { code, body } = await health();
    await server.admin(
      'delete from _prisma_migrations; insert into _prisma_migrations table kept; drop table kept',
    );
    expect(code).toBe(1);
    expect(body.error.database).toMatchObject({
      code: 'schema_mismatch',
      migrations: { pending: [expect.stringMatching(/_audit$/)] },
    });
  });

  test('ends with 10 when the server does not answer', async () => {
    const { code, stdout } = await plinth(['health', '--json'], {
      ...server.env(),
      DATABASE_URL: 'postgresql://app:x@127.0.0.1:1/plinth',
    });
    expect(code).toBe(10);
    expect(JSON.parse(stdout).error).toMatchObject({ code: 'unavailable' });
  });

  test('ends with 10, starting nothing, when nothing was ever started here', async () => {
    const { code, stdout } = await plinth(['health', '--json'], { PLINTH_HOME: `${server.home}/none` });
    expect(code).toBe(10);
    expect(JSON.parse(stdout).error.message).toContain('neither the API nor the embedded database runs');
  });
});

describe('plinth health, asking an API', () => {
  test('that up started; 0 while all is well, 1 once its database is gone', async () => {
    const { home, remove } = await createHome();
    const port = await freePort();
    const env = { PLINTH_HOME: home, PORT: String(port) };
    try {
      const up = await plinth(['up'], env);
      expect({ code: up.code, stderr: up.stderr }).toMatchObject({ code: 0 });
      const well = await plinth(['health', '--json'], env);
      expect(well.code).toBe(0);
      expect(JSON.parse(well.stdout)).toMatchObject({
        status: 'ok',
        details: { database: { status: 'up', pg_version: expect.any(String) } },
      });
      const people = await plinth(['health'], env);
      expect(people.stdout).toContain(`healthy (asked http://127.0.0.1:${port})`);
      // The API keeps an answer for five seconds: a fresh look must see the server gone.
      await withClient(await embeddedUrl({ home, role: 'admin' }), (client) => client.query('select 1'));
      await stopEmbedded({ home });
      await new Promise((resolve) => setTimeout(resolve, 5_500));
      const gone = await plinth(['health', '--json'], env);
      expect(gone.code).toBe(1);
      expect(JSON.parse(gone.stdout)).toMatchObject({
        status: 'error',
        error: { database: { status: 'down' } },
      });
    } finally {
      await plinth(['down'], env);
      await remove();
    }
  });

  test('that wants another token, is not ours, or is not there: 10, 1, 10', async () => {
    const server = createServer((request, response) => {
      response.statusCode = request.headers.authorization === 'Bearer right-token-123456' ? 200 : 401;
      response.end('hello');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const refused = await plinth(['health', '--url', url, '--json'], { OPS_TOKEN: 'wrong-token-123456' });
    expect(refused.code).toBe(10);
    expect(JSON.parse(refused.stdout).error).toMatchObject({
      code: 'auth_failed',
      fix: expect.stringContaining('OPS_TOKEN'),
    });
    const foreign = await plinth(['health', '--url', url, '--json'], { OPS_TOKEN: 'right-token-123456' });
    expect(foreign.code).toBe(1);
    expect(JSON.parse(foreign.stdout).error.code).toBe('api_answer');
    await new Promise((resolve) => server.close(resolve));
    const absent = await plinth(['health', '--url', url, '--json'], {});
    expect(absent.code).toBe(10);
    expect(JSON.parse(absent.stdout).error.code).toBe('unavailable');
  });
});
