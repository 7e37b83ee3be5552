import { hashPassword, withClient } from '@plinth/db';
import type { HttpClient } from '../load/http-client.js';
import type { Person } from '../load/person.js';
import { PASSWORD, PEOPLE, PEPPER } from './settings.js';

const ARTISTS = 20_000;

/** What the clients work on. */
export interface Subjects {
  readonly people: Person[];
  readonly artistIds: string[];
  readonly campaignId: string;
}

/** Makes the people, a catalogue of artists and one campaign, as superuser and past the audit. */
export async function createSubjects(adminUrl: string): Promise<Subjects> {
  const passwordHash = await hashPassword(PASSWORD, PEPPER);
  return await withClient(adminUrl, async (client) => {
    await client.query('set session_replication_role = replica');
    const people: Person[] = [];
    for (let index = 0; index < PEOPLE; index++) {
      const email = `person${index}@example.com`;
      const { rows } = await client.query<{ id: string }>(
        'insert into users (email, full_name, password_hash, email_verified_at) values ($1, $2, $3, now()) returning id',
        [email, `Person ${index}`, passwordHash],
      );
      people.push({ index, id: rows[0]?.id ?? '', email, authorization: '', sharedRow: undefined });
    }
    const artists = await client.query<{ id: string }>(
      "insert into artists (name) select 'Artist ' || n from generate_series(1, $1::int) n returning id",
      [ARTISTS],
    );
    const campaign = await client.query<{ id: string }>(
      "insert into campaigns (owner_id, title, goal_minor, currency, status) values ($1, 'For the fault suite', 1000, 'EUR', 'active') returning id",
      [people[0]?.id],
    );
    return {
      people,
      artistIds: artists.rows.map(({ id }) => id),
      campaignId: campaign.rows[0]?.id ?? '',
    };
  });
}

/** Signs everybody in again: an access token lives for fifteen minutes. */
export async function signIn(http: HttpClient, port: number, people: readonly Person[]): Promise<void> {
  for (const person of people) {
    const heard = await http.send({
      port,
      method: 'POST',
      path: '/v1/auth/sign-in',
      headers: {},
      body: { email: person.email, password: PASSWORD },
    });
    const token = 'body' in heard ? (heard.body as { accessToken?: string }).accessToken : undefined;
    if (token === undefined)
      throw new Error(`${person.email} cannot sign in: ${'error' in heard ? heard.error : heard.status}`);
    person.authorization = `Bearer ${token}`;
  }
}

/** Subscribes the first person's webhook to new blocks. */
export async function subscribe(http: HttpClient, port: number, person: Person, url: string): Promise<void> {
  const heard = await http.send({
    port,
    method: 'POST',
    path: '/v1/me/webhooks',
    headers: { authorization: person.authorization },
    body: { url, eventTypes: ['artist_block.created'] },
  });
  if (!('status' in heard) || heard.status !== 201)
    throw new Error(`the webhook was refused: ${'error' in heard ? heard.error : heard.status}`);
}
