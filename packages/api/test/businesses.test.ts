import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createTestApi, type TestApi, type TestUser } from './support/api.js';

let api: TestApi;
let reader: TestUser;
let writer: TestUser;
let stranger: TestUser;
beforeAll(async () => {
  api = await createTestApi();
  reader = await api.signUp('rita', ['businesses:read']);
  writer = await api.signUp('will', ['businesses:read', 'businesses:write']);
  stranger = await api.signUp('sam', ['audit:read']);
});
afterAll(() => api.close());

let made = 0;
const business = (more: object = {}) => ({
  legalName: `Company ${++made}`,
  registrationNumber: `R-${made}`,
  country: 'DE',
  ...more,
});
const create = (body: object, as = writer) => as.ask('/v1/businesses', { method: 'POST', body });

describe('businesses', () => {
  test('are read with businesses:read and written with businesses:write, by nobody else', async () => {
    const { body } = await create(business());
    const at = `/v1/businesses/${body.id}`;
    const headers = { 'if-match': '*' };
    const statuses = async (as: Pick<TestUser, 'ask'>) => [
      (await as.ask('/v1/businesses')).status,
      (await as.ask(at)).status,
      (await as.ask('/v1/businesses', { method: 'POST', body: business() })).status,
      (await as.ask(at, { method: 'PATCH', body: { city: 'Bonn' }, headers })).status,
    ];
    expect(await statuses(api)).toEqual([401, 401, 401, 401]);
    expect(await statuses(stranger)).toEqual([403, 403, 403, 403]);
    expect(await statuses(reader)).toEqual([200, 200, 403, 403]);
    expect(await statuses(writer)).toEqual([200, 200, 201, 200]);
  });

  test('close within a second when the role is revoked or has run out', async () => {
    for (const [name, change] of [
      ['rev', 'revoked_at = clock_timestamp()'],
      ['exp', "created_at = now() - interval '1 day', expires_at = now() - interval '1 hour'"],
    ] as const) {
      const user = await api.signUp(name, ['businesses:read']);
      expect((await user.ask('/v1/businesses')).status).toBe(200);
      await api.admin.none(`update role_assignments set ${change} where user_id = $1`, [user.id]);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      expect((await user.ask('/v1/businesses')).status).toBe(403);
    }
  });

  test('keep every field as it was sent, created and read alike', async () => {
    const sent = business({
      tradeName: 'Trade',
      taxId: 'T1',
      legalForm: 'GmbH',
      industryCode: '62.01',
      email: 'info@company.example',
      phone: '+49 30 1',
      website: 'https://company.example/',
      street: 'Weg 1',
      city: 'Berlin',
      region: 'BE',
      postalCode: '10115',
      foundedOn: '1999-12-31',
      employeeCount: 12,
      annualRevenueMinor: 9_007_199_254_740_991,
      status: 'active',
      riskLevel: 'high',
      complianceStatus: 'under_review',
      metadata: { tags: ['a'] },
    });
    const created = await create(sent);
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject(sent);
    const read = await reader.ask(`/v1/businesses/${created.body.id}`);
    expect(read.body).toEqual(created.body);
    expect(Object.keys(read.body)).not.toEqual(expect.arrayContaining(['deletedAt']));
  });

  test('start pending, of medium risk, and with nothing made up', async () => {
    const { body } = await create(business());
    expect(body).toMatchObject({
      status: 'pending',
      riskLevel: 'medium',
      complianceStatus: 'pending',
      foundedOn: null,
      annualRevenueMinor: null,
      metadata: {},
    });
  });

  test('are one per country and registration number', async () => {
    const sent = business();
    expect((await create(sent)).status).toBe(201);
    const again = await create({ ...sent, legalName: 'Other' });
    expect([again.status, again.body.errors[0].pointer]).toEqual([409, '/registrationNumber']);
    expect((await create({ ...sent, country: 'AT' })).status).toBe(201);
  });

  test('are listed by status, risk, country and name, in each order', async () => {
    await create(
      business({ legalName: 'Needle & Sons', country: 'FR', status: 'suspended', riskLevel: 'critical' }),
    );
    const list = async (query: string): Promise<{ legalName: string; country: string }[]> =>
      (await reader.ask(`/v1/businesses?${query}`)).body.data;
    for (const query of [
      'status=suspended',
      'riskLevel=critical',
      'country=FR',
      'q=nedle',
      'country=FR&status=suspended&riskLevel=critical&q=sons',
    ]) {
      expect([query, (await list(query)).map(({ legalName }) => legalName)]).toEqual([
        query,
        ['Needle & Sons'],
      ]);
    }
    const ascending = (await list('sort=legalName&limit=100')).map(({ legalName }) => legalName);
    expect((await list('sort=-legalName&limit=100')).map(({ legalName }) => legalName)).toEqual(
      ascending.reverse(),
    );
    const pages: string[] = [];
    for (let cursor = ''; ; ) {
      const { body } = await reader.ask(`/v1/businesses?limit=3${cursor && `&cursor=${cursor}`}`);
      pages.push(...body.data.map(({ legalName }: { legalName: string }) => legalName));
      if (body.nextCursor === null) break;
      cursor = body.nextCursor;
    }
    expect(pages).toEqual((await list('limit=100')).map(({ legalName }) => legalName));
  });

  test('are gone once deleted', async () => {
    const { body } = await create(business());
    await api.admin.none('update businesses set deleted_at = now() where id = $1', [body.id]);
    expect((await reader.ask(`/v1/businesses/${body.id}`)).status).toBe(404);
    expect(
      (
        await writer.ask(`/v1/businesses/${body.id}`, {
          method: 'PATCH',
          body: { city: 'x' },
          headers: { 'if-match': '*' },
        })
      ).status,
    ).toBe(404);
  });

  test('change what was sent and leave the rest, by version', async () => {
    const { body } = await create(business({ city: 'Ulm', foundedOn: '2001-02-03' }));
    const patch = (change: object, ifMatch: string) =>
      writer.ask(`/v1/businesses/${body.id}`, {
        method: 'PATCH',
        body: change,
        headers: { 'if-match': ifMatch },
      });
    const changed = await patch({ status: 'active', foundedOn: null, annualRevenueMinor: 5 }, '"1"');
    expect(changed.body).toEqual({
      ...body,
      status: 'active',
      foundedOn: null,
      annualRevenueMinor: 5,
      version: 2,
      updatedAt: changed.body.updatedAt,
    });
    expect((await patch({ status: 'closed' }, '"1"')).status).toBe(412);
  });

  test.each([
    ['no name', { legalName: '' }],
    ['a country in small letters', { country: 'de' }],
    ['a day that does not exist', { foundedOn: '2001-02-30' }],
    ['half an employee', { employeeCount: 1.5 }],
    ['more than JavaScript can count', { annualRevenueMinor: 2 ** 53 }],
    ['a script as website', { website: 'javascript:alert(1)' }],
    ['an unknown status', { status: 'gone' }],
    ['an id', { id: crypto.randomUUID() }],
    ['an operator', { legalName: { contains: '' } }],
  ])('refuse %s', async (_what, more) => {
    expect((await create(business(more))).status).toBe(400);
  });
});
