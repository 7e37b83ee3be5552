import { z } from 'zod';
import { anyone, defineRoute } from '../route.js';

const links = {
  documentation: '/docs',
  openapi: '/openapi.json',
  signIn: '/v1/auth/sign-in',
  me: '/v1/me',
  blocks: '/v1/me/blocks',
  artists: '/v1/artists',
  businesses: '/v1/businesses',
  health: '/health',
  ready: '/ready',
  dashboard: '/dashboard',
};

export const indexRoutes = [
  defineRoute({
    method: 'GET',
    path: '/',
    summary: 'Where to go from here',
    access: anyone,
    response: z.strictObject({ name: z.literal('plinth'), links: z.record(z.string(), z.string()) }),
    handler: async () => ({ name: 'plinth', links }),
  }),
];
