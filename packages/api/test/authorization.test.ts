import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { STANDARD_ROLES } from '@plinth/db';
import { PERMISSIONS } from '../src/auth/permissions.js';
import { anyone, defineRoute, defineWrite, type Route } from '../src/route.js';
import { routes } from '../src/routes.js';
import { signUpAs } from './support/admin.js';
import { createTestApi, type TestApi, type TestUser } from './support/api.js';
import { ask } from './support/http.js';

type Role = keyof typeof STANDARD_ROLES;
const ROLES = Object.keys(STANDARD_ROLES) as Role[];
const OPS = { authorization: 'Bearer operators-of-the-test' };

let api: TestApi;
let nobody: TestUser;
const holders = {} as Record<Role, TestUser>;
beforeAll(async () => {
  api = await createTestApi();
  nobody = await api.signUp('nobody');
  for (const role of ROLES) holders[role] = await signUpAs(api, role);
});
afterAll(() => api.close());

const name = ({ method, path }: Route) => `${method} ${path}`;

/** A request that gets past authorization but not past validation, or that finds nothing: it changes nothing. */
const probe = (route: Route, headers: Record<string, string> = {}) => ({
  path: route.path.replace(/:\w+/g, () => crypto.randomUUID()),
  request: {
    method: route.method,
    headers: { 'if-match': '*', ...headers },
    ...(route.body ? { body: { 'no such field': 1 } } : {}),
  },
});

/** Those that end the sign-in they are asked with, and take no body: asked with a sign-in of their own. */
const ENDS_SIGN_IN = /^\/v1\/auth\/sign-out/;

async function statusFor(
  route: Route,
  user: TestUser | undefined,
): Promise<{ status: number; detail?: string }> {
  const { path, request } = probe(route);
  const { status, body } = user ? await user.ask(path, request) : await ask(api.url + path, request);
  return { status, detail: body?.detail };
}

/** What the rule says of somebody with these permissions. */
function expected(route: Route, permissions: readonly string[] | undefined): 'allowed' | 401 | 403 {
  const { access } = route;
  if (access.kind === 'public') return 'allowed';
  if (permissions === undefined) return 401;
  if (access.kind === 'permissions' && access.all.some((one) => !permissions.includes(one))) return 403;
  return 'allowed';
}

async function mismatches(
  permissions: readonly string[] | undefined,
  user: () => Promise<TestUser | undefined>,
) {
  const wrong: string[] = [];
  const usual = await user();
  for (const route of routes) {
    const asked = ENDS_SIGN_IN.test(route.path) && usual ? await api.signUp(`leaver-${++leavers}`) : usual;
    const { status, detail } = await statusFor(route, asked);
    const wanted = expected(route, permissions);
    // A handler may refuse too, in its own words: the rule's refusal names what is missing.
    const got = status === 401 ? 401 : status === 403 && /^needs /.test(detail ?? '') ? 403 : 'allowed';
    if (got !== wanted) wrong.push(`${name(route)}: ${status} ${detail}, wanted ${wanted}`);
  }
  return wrong;
}
let leavers = 0;

describe('every route, by its rule', () => {
  test('for strangers', async () => {
    const wrong = await mismatches(undefined, async () => undefined);
    // Public routes refuse wrong credentials with 401, which a stranger's are; this one needs none.
    expect(wrong.filter((line) => !/^POST \/v1\/auth\/(sign-in|refresh)/.test(line))).toEqual([]);
  });

  test('for somebody without a role', async () => {
    expect(await mismatches([], async () => nobody)).toEqual([]);
  }, 120_000);

  test.each(ROLES)(
    'for %s',
    async (role) => {
      expect(await mismatches(STANDARD_ROLES[role].granted, async () => holders[role])).toEqual([]);
    },
    120_000,
  );

  test('for operators, who are nobody in particular: what says so, and nothing else', async () => {
    for (const route of routes.filter(({ access }) => access.kind !== 'public')) {
      const { path, request } = probe(route, OPS);
      const { status } = await ask(api.url + path, request);
      const open = route.access.kind === 'permissions' && route.access.operators === true;
      expect([name(route), status === 401]).toEqual([name(route), !open]);
    }
    const open = routes.filter(({ access }) => access.kind === 'permissions' && access.operators);
    expect(open.map(name).sort()).toEqual([
      'GET /v1/database/events',
      'GET /v1/database/findings',
      'GET /v1/database/metrics',
      'GET /v1/database/sessions',
      'GET /v1/database/statements',
      'GET /v1/database/statements/:queryId/plan',
      'GET /v1/database/tables',
    ]);
  });

  test('goes by one permission at a time: each opens its own routes and no other', async () => {
    for (const permission of PERMISSIONS) {
      const user = await api.signUp(`only-${permission.replace(':', '-')}`, [permission]);
      for (const route of routes) {
        if (route.access.kind !== 'permissions') continue;
        const { status, detail } = await statusFor(route, user);
        const refused = status === 403 && /^needs /.test(detail ?? '');
        expect([permission, name(route), refused]).toEqual([
          permission,
          name(route),
          expected(route, [permission]) === 403,
        ]);
      }
    }
  }, 120_000);
});

describe('the rules themselves', () => {
  test('are what a route is not built without', () => {
    const ruleless = { method: 'GET', path: '/x', summary: 'x', handler: async () => undefined } as const;
    // @ts-expect-error: a route without a rule does not compile
    expect(defineRoute(ruleless).access).toBeUndefined();
    // @ts-expect-error: nor does a write that nobody answers for
    expect(defineWrite({ ...ruleless, method: 'POST', access: anyone })).toBeDefined();
  });

  test('are known: these routes alone are open to strangers', () => {
    const open = routes.filter(({ access }) => access.kind === 'public').map(name);
    expect(open.sort()).toEqual(
      [
        'GET /',
        'POST /v1/auth/forgot-password',
        'POST /v1/auth/oauth/:provider/begin',
        'POST /v1/auth/oauth/:provider/complete',
        'POST /v1/auth/refresh',
        'POST /v1/auth/register',
        'POST /v1/auth/reset-password',
        'POST /v1/auth/sign-in',
        'POST /v1/auth/verify-email',
      ].sort(),
    );
  });

  test('let signed-in people without a permission write only what is theirs, and these', () => {
    const shared = routes.filter(
      ({ access, method, path }) =>
        access.kind === 'signed_in' && method !== 'GET' && !/^\/v1\/(me|auth)(\/|$)/.test(path),
    );
    expect(shared.map(name).sort()).toEqual([
      'POST /v1/campaigns/:campaignId/contributions',
      'POST /v1/community-lists/:id/block-all',
      'PUT /v1/community-lists/:id/subscription',
    ]);
  });

  test('use every permission that a standard role grants, and none that none grants', () => {
    const used = new Set(routes.flatMap(({ access }) => (access.kind === 'permissions' ? access.all : [])));
    const reserved = ['campaigns:read'];
    expect([...new Set([...used, ...reserved])].sort()).toEqual([...PERMISSIONS].sort());
  });
});
