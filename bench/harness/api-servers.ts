import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createAccessTokens } from '@plinth/api/description';
import { hashPassword, withClient } from '@plinth/db';
import type { CaseContext } from './bench-case.js';
import { type Blocks, blocksPerUser, loadBlocks, userId } from './block-rows.js';
import { loadBusinesses } from './business-rows.js';
import { type ServerProcess, startServer } from './server-process.js';

const key = (letter: string) => Buffer.alloc(32, letter).toString('base64url');
const PEPPER = 'a pepper for the bench only';
const PASSWORD = 'a password for the bench only';
const TOKEN_AGE_MS = 5 * 60_000;

/** Ours in production mode and the rivals, on the same database, with one user signed in. */
export interface ApiServers {
  servers: Map<string, ServerProcess>;
  facts: Record<string, unknown>;
  /** A role that sees all sessions and may load rows in bulk. */
  loaderUrl: string;
  /** Signs access tokens as the API does, for users who need not sign in. */
  tokens: ReturnType<typeof createAccessTokens>;
  /** The Authorization header, renewed in time. */
  authorization(): Promise<string>;
  close(): Promise<void>;
}

/** Loads the rows, gives user 0 a password and the right to read businesses, starts the servers that are named. */
export async function startApiServers(
  { root, quick, rows = quick ? 100_000 : 1_000_000, openDatabase, log, env }: CaseContext,
  names: readonly ('plinth' | 'bare express' | 'fastify')[],
  blocks: Blocks = { users: rows / blocksPerUser, perUser: blocksPerUser },
): Promise<ApiServers> {
  const bench = await openDatabase();
  await loadBlocks(bench.loaderUrl, blocks, log);
  await loadBusinesses(bench.loaderUrl, rows, log);
  const passwordHash = await hashPassword(PASSWORD, PEPPER);
  await withClient(bench.loaderUrl, async (client) => {
    await client.query('set session_replication_role = replica');
    await client.query(
      'update users set password_hash = $2, email_verified_at = now(), is_active = true where id = $1',
      [userId(0), passwordHash],
    );
    await client.query(
      "insert into roles (name, permissions) values ('bench-reader', '{businesses:read}') on conflict do nothing",
    );
    await client.query(
      "insert into role_assignments (user_id, role_id) select $1, id from roles where name = 'bench-reader' on conflict do nothing",
      [userId(0)],
    );
  });
  const settings = {
    ...env,
    NODE_ENV: 'production',
    LOG_LEVEL: 'info',
    HOST: '127.0.0.1',
    PORT: '0',
    DATABASE_URL: bench.config.url,
    DB_SSL: 'disable',
    DB_POOL_MAX: String(bench.config.poolMax),
    DB_POOL_MIN: String(bench.config.poolMax),
    OPS_TOKEN: 'operators-of-the-bench',
    TOKEN_SIGNING_KEY: key('t'),
    CURSOR_KEY: key('c'),
    FIELD_KEYS: key('f'),
    PASSWORD_PEPPER: PEPPER,
  };
  const files = {
    plinth: join(root, 'packages/api/src/main.ts'),
    'bare express': join(root, 'bench/servers/bare-express.ts'),
    fastify: join(root, 'bench/servers/fastify.ts'),
  };
  const servers = new Map<string, ServerProcess>();
  for (const name of names) servers.set(name, await startServer(files[name], settings));
  const ours = servers.get('plinth') as ServerProcess;
  // It listens before its database is open.
  while ((await fetch(`http://127.0.0.1:${ours.port}/ready`)).status !== 200) await sleep(50);

  const signIn = async () => {
    const answer = await fetch(`http://127.0.0.1:${ours.port}/v1/auth/sign-in`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'user0@example.com', password: PASSWORD }),
    });
    const { accessToken } = (await answer.json()) as { accessToken?: string };
    if (accessToken === undefined) throw new Error(`the bench user cannot sign in: ${answer.status}`);
    return `Bearer ${accessToken}`;
  };
  let token: { at: number; header: Promise<string> } | undefined;
  return {
    servers,
    facts: {
      rows,
      users: blocks.users,
      blocksPerUser: blocks.perUser,
      poolSize: bench.config.poolMax,
      server: bench.server,
      ours: 'packages/api/src/main.ts, NODE_ENV=production, LOG_LEVEL=info, its log read and dropped',
      rivals: 'bench/servers/handlers.ts: the same token check, statement and bytes, nothing else',
    },
    loaderUrl: bench.loaderUrl,
    tokens: createAccessTokens(Buffer.from(settings.TOKEN_SIGNING_KEY, 'base64url')),
    authorization() {
      if (token === undefined || performance.now() - token.at > TOKEN_AGE_MS) {
        token = { at: performance.now(), header: signIn() };
      }
      return token.header;
    },
    async close() {
      for (const server of servers.values()) await server.stop();
      await bench.stop();
    },
  };
}
