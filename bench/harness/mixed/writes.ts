import { randomUUID } from 'node:crypto';
import { artistIdOf, userId } from '../block-rows.js';
import type { RawAnswer } from '../keep-alive.js';
import { pick } from '../schedule.js';
import type { MixedEndpoint, MixedWork } from './endpoint.js';

/** A body that is answered with what it made or changed; false unless with the status of success. */
function answered<T>({ status, body }: RawAnswer, success: number): T | false {
  return status === success && (JSON.parse(body) as T);
}

const ifMatch = (version: number | undefined) => ({ 'If-Match': `"${version}"` });

export const blockAnArtist: MixedEndpoint = {
  name: 'POST /v1/me/blocks',
  kind: 'write',
  share: 7,
  plan({ rows, toDelete, acknowledged }, client) {
    const artistId = artistIdOf(rows.blocksPerUser + client.blocksAsked++);
    const block: MixedWork['toDelete'][number] = { client };
    toDelete.push(block);
    return {
      client,
      request: () => ({
        method: 'POST',
        path: '/v1/me/blocks',
        headers: { 'Idempotency-Key': randomUUID() },
        body: { artistId, tags: ['mixed'], note: 'too loud' },
      }),
      accept(answer) {
        const made = answered<{ id: string; version: number }>(answer, 201);
        if (made === false) return false;
        Object.assign(block, { id: made.id, version: made.version });
        acknowledged.blocks.set(made.id, { userId: userId(client.user), artistId });
        return true;
      },
    };
  },
};

const unblock: MixedEndpoint = {
  name: 'DELETE /v1/me/blocks/:id',
  kind: 'write',
  share: 4,
  plan({ toDelete, acknowledged }) {
    const block = toDelete.shift();
    if (block === undefined) throw new Error('there is no block to delete: nobody has asked for one');
    return {
      // By then its own client has the answer that tells the id.
      client: block.client,
      request() {
        if (block.id === undefined) throw new Error('its block was never made');
        return { method: 'DELETE', path: `/v1/me/blocks/${block.id}`, headers: ifMatch(block.version) };
      },
      accept({ status }) {
        if (status !== 204) return false;
        acknowledged.blocks.delete(block.id as string);
        acknowledged.deletedBlocks.add(block.id as string);
        return true;
      },
    };
  },
};

const changeBusiness: MixedEndpoint = {
  name: 'PATCH /v1/businesses/:id',
  kind: 'write',
  share: 4,
  plan({ random, toChange, acknowledged }, client) {
    const business = toChange.shift();
    if (business === undefined) throw new Error('there is no business left to change');
    const { id, version } = business;
    const city = pick(random, ['Berlin', 'Austin', 'Leeds', 'Lyon', 'Osaka']);
    const employeeCount = random(5_000);
    return {
      client,
      request: () => ({
        method: 'PATCH',
        path: `/v1/businesses/${id}`,
        headers: ifMatch(version),
        body: { city, employeeCount },
      }),
      accept(answer) {
        const changed = answered<{ version: number }>(answer, 200);
        if (changed === false || changed.version !== version + 1) return false;
        acknowledged.changedBusinesses.set(id, { version: changed.version, city });
        return true;
      },
    };
  },
};

const createBusiness: MixedEndpoint = {
  name: 'POST /v1/businesses',
  kind: 'write',
  share: 2,
  plan({ random, acknowledged }, client) {
    const registrationNumber = `mixed-${randomUUID()}`;
    const country = pick(random, ['DE', 'US', 'GB', 'FR', 'JP']);
    return {
      client,
      request: () => ({
        method: 'POST',
        path: '/v1/businesses',
        headers: { 'Idempotency-Key': randomUUID() },
        body: { legalName: `Newcomer ${registrationNumber} Limited`, registrationNumber, country },
      }),
      accept(answer) {
        const made = answered<{ id: string }>(answer, 201);
        if (made === false) return false;
        acknowledged.businesses.set(made.id, { registrationNumber });
        return true;
      },
    };
  },
};

const changeMe: MixedEndpoint = {
  name: 'PATCH /v1/me',
  kind: 'write',
  share: 3,
  plan({ random, acknowledged }, client) {
    const fullName = `User ${random(1_000_000)}`;
    return {
      client,
      request: () => ({
        method: 'PATCH',
        path: '/v1/me',
        headers: ifMatch(client.profileVersion),
        body: { fullName },
      }),
      accept(answer) {
        const changed = answered<{ version: number }>(answer, 200);
        if (changed === false || changed.version !== client.profileVersion + 1) return false;
        client.profileVersion = changed.version;
        acknowledged.changedUsers.set(userId(client.user), { version: changed.version, fullName });
        return true;
      },
    };
  },
};

export const writes: readonly MixedEndpoint[] = [
  blockAnArtist,
  unblock,
  changeBusiness,
  createBusiness,
  changeMe,
];
