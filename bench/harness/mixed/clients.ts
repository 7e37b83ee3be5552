import { randomUUID } from 'node:crypto';
import { withClient } from '@plinth/db';
import type { ApiServers } from '../api-servers.js';
import { userId } from '../block-rows.js';
import { openConnection } from '../keep-alive.js';
import type { Tally } from '../tally.js';
import type { Client, MixedEndpoint, MixedWork } from './endpoint.js';

/** Gives users the right to read and write businesses. */
export async function permitBusinesses(url: string, users: readonly number[]): Promise<void> {
  await withClient(url, async (client) => {
    await client.query('set session_replication_role = replica');
    await client.query(
      "insert into roles (name, permissions) values ('bench-clerk', '{businesses:read,businesses:write}') on conflict do nothing",
    );
    await client.query(
      `insert into role_assignments (user_id, role_id)
       select u, r.id from unnest($1::uuid[]) as u, roles r where r.name = 'bench-clerk' on conflict do nothing`,
      [users.map(userId)],
    );
  });
}

/** Opens a connection for each user, signed in by a token of the bench's own: it is good for a quarter of an hour. */
export async function openClients(
  { loaderUrl, tokens }: Pick<ApiServers, 'loaderUrl' | 'tokens'>,
  port: number,
  users: readonly number[],
): Promise<Client[]> {
  const versions = await versionsOf(loaderUrl, 'users', users.map(userId));
  const issuedAt = new Date();
  const clients: Client[] = [];
  for (const user of users) {
    const token = await tokens.sign({ userId: userId(user), familyId: randomUUID(), issuedAt });
    clients.push({
      connection: await openConnection(port),
      authorization: `Bearer ${token}`,
      user,
      blocksAsked: 0,
      profileVersion: versions.get(userId(user)) as number,
      cursor: null,
      free: Promise.resolve(),
    });
  }
  return clients;
}

/** The versions of rows by id. */
export async function versionsOf(
  url: string,
  table: 'users' | 'businesses',
  ids: readonly string[],
): Promise<Map<string, number>> {
  return await withClient(url, async (client) => {
    const { rows } = await client.query<{ id: string; version: number }>(
      `select id, version from ${table} where id = any($1::uuid[])`,
      [ids],
    );
    if (rows.length !== ids.length) throw new Error(`${rows.length} of ${ids.length} ${table} are there`);
    return new Map(rows.map(({ id, version }) => [id, version]));
  });
}

/** Asks as soon as the client is free, and counts what came of it, from `dueAt` on. Never rejects. */
export function ask(
  endpoint: MixedEndpoint,
  work: MixedWork,
  client: Client,
  { tally, dueAt }: { tally: Tally; dueAt: number },
): Promise<void> {
  const { client: asking, request, accept } = endpoint.plan(work, client);
  const { connection, authorization } = asking;
  asking.free = asking.free.then(async () => {
    let error: string | undefined;
    try {
      const answer = await connection.send({ authorization, ...request() });
      if (!accept(answer)) error = answer.status < 300 ? `wrong ${answer.status}` : String(answer.status);
    } catch (failure) {
      error = (failure as Error).message;
    }
    tally.record(endpoint.name, performance.now() - dueAt, error);
  });
  return asking.free;
}
