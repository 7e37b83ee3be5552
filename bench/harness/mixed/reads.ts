import { createHash } from 'node:crypto';
import { artistIdOf, artists, blockId, userId } from '../block-rows.js';
import { businessId } from '../business-rows.js';
import { pick } from '../schedule.js';
import type { Client, MixedEndpoint, MixedWork } from './endpoint.js';

/** A GET whose answer holds a text. */
function asks(
  kind: 'read' | 'search',
  share: number,
  name: string,
  draw: (work: MixedWork, client: Client) => { path: string; holds: string },
): MixedEndpoint {
  return {
    name: `GET ${name}`,
    kind,
    share,
    plan(work, client) {
      const { path, holds } = draw(work, client);
      return {
        client,
        request: () => ({ method: 'GET', path }),
        accept: ({ status, body }) => status === 200 && body.includes(holds),
      };
    },
  };
}

/** In the names of generated businesses and artists: what tells them apart, and what one would search for. */
const md5 = (index: number) => createHash('md5').update(String(index)).digest('hex');
/** What a page with at least one row begins with. */
const ROWS = '{"data":[{"';

export const reads: readonly MixedEndpoint[] = [
  asks('read', 24, '/v1/businesses/:id', ({ random, rows }) => {
    const id = businessId(random(rows.businesses));
    return { path: `/v1/businesses/${id}`, holds: id };
  }),
  {
    name: 'GET /v1/businesses',
    kind: 'read',
    share: 8,
    plan: (_work, client) => ({
      client,
      request: () => ({
        method: 'GET',
        path: `/v1/businesses${client.cursor === null ? '' : `?cursor=${client.cursor}`}`,
      }),
      accept({ status, body }) {
        if (status !== 200 || !body.startsWith(ROWS)) return false;
        client.cursor = (JSON.parse(body) as { nextCursor: string | null }).nextCursor;
        return true;
      },
    }),
  },
  asks('read', 14, '/v1/me/blocks', () => ({ path: '/v1/me/blocks', holds: ROWS })),
  asks('read', 6, '/v1/me/blocks/:id', ({ random, rows }, { user }) => {
    const id = blockId(user + random(rows.blocksPerUser) * rows.users);
    return { path: `/v1/me/blocks/${id}`, holds: id };
  }),
  asks('read', 8, '/v1/me', (_work, { user }) => ({ path: '/v1/me', holds: userId(user) })),
  asks('read', 5, '/v1/artists', () => ({ path: '/v1/artists', holds: ROWS })),
  asks('read', 5, '/v1/artists/:id', ({ random }) => {
    const id = artistIdOf(random(artists));
    return { path: `/v1/artists/${id}`, holds: id };
  }),
];

export const searches: readonly MixedEndpoint[] = [
  asks('search', 2, '/v1/businesses?q=', ({ random, rows }) => {
    const index = random(rows.businesses);
    return { path: `/v1/businesses?q=${md5(index).slice(0, 12)}`, holds: businessId(index) };
  }),
  asks('search', 3, '/v1/businesses?status=&riskLevel=&country=', ({ random }) => {
    const status = pick(random, ['pending', 'active', 'suspended', 'closed']);
    // Generated rows have the risk that belongs to their status.
    const riskLevel = { pending: 'low', active: 'medium', suspended: 'high', closed: 'critical' }[status];
    const country = pick(random, ['DE', 'US', 'GB', 'FR', 'JP']);
    const path = `/v1/businesses?status=${status}&riskLevel=${riskLevel}&country=${country}`;
    return { path, holds: `"country":"${country}"` };
  }),
  asks('search', 3, '/v1/artists?q=', ({ random }) => {
    const index = random(artists);
    return { path: `/v1/artists?q=${md5(index).slice(0, 12)}`, holds: businessId(index) };
  }),
  asks('search', 2, '/v1/me/blocks?tag=', () => ({ path: '/v1/me/blocks?tag=loud', holds: ROWS })),
];
