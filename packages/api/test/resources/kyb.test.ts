import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createTestApi, type TestApi, type TestUser } from '../support/api.js';

let api: TestApi;
let writer: TestUser;
let assessor: TestUser;
let business: string;
beforeAll(async () => {
  api = await createTestApi();
  writer = await api.signUp('will', ['businesses:read', 'businesses:write', 'businesses:delete']);
  assessor = await api.signUp('anna', ['businesses:read', 'compliance:write']);
  business = await newBusiness('R-1');
});
afterAll(() => api.close());

const post = (as: TestUser, path: string, body: object) => as.ask(path, { method: 'POST', body });
async function newBusiness(registrationNumber: string): Promise<string> {
  const body = { legalName: 'Acme', registrationNumber, country: 'DE' };
  return (await post(writer, '/v1/businesses', body)).body.id;
}
const naics = (code: string) => ({ system: 'naics', code, confidence: 0.9376, source: 'manual' });

describe('what lies below a business', () => {
  test('classifications are created, changed by version, listed by system, deleted', async () => {
    const at = `/v1/businesses/${business}/classifications`;
    const made = await post(writer, at, naics('541511'));
    expect(made.body).toMatchObject({
      businessId: business,
      confidence: 0.9376,
      isPrimary: false,
      version: 1,
    });
    expect(made.headers.get('location')).toBe(`${at}/${made.body.id}`);
    expect((await post(writer, at, naics('541511'))).status).toBe(409);
    const one = `${at}/${made.body.id}`;
    const patch = (ifMatch: string) =>
      writer.ask(one, { method: 'PATCH', body: { isPrimary: true }, headers: { 'if-match': ifMatch } });
    expect((await patch('"1"')).body).toMatchObject({ isPrimary: true, version: 2 });
    const stale = await patch('"1"');
    expect([stale.status, stale.headers.get('etag')]).toEqual([412, '"2"']);
    expect((await writer.ask(`${at}?system=naics`)).body.data).toHaveLength(1);
    expect((await writer.ask(`${at}?system=sic`)).body.data).toHaveLength(0);
    // Ids are ids in capital letters too.
    expect((await writer.ask(one.replace(business, business.toUpperCase()))).status).toBe(200);
    const remove = () => writer.ask(one, { method: 'DELETE', headers: { 'if-match': '"2"' } });
    expect([(await remove()).status, (await remove()).status]).toEqual([204, 404]);
  });

  test('a row of one business is not found under another', async () => {
    const other = await newBusiness('R-2');
    const { id } = (await post(writer, `/v1/businesses/${business}/classifications`, naics('1'))).body;
    expect((await writer.ask(`/v1/businesses/${other}/classifications/${id}`)).status).toBe(404);
    const gone = crypto.randomUUID();
    for (const what of ['classifications', 'risk-assessments', 'compliance-checks']) {
      expect((await writer.ask(`/v1/businesses/${gone}/${what}`)).status).toBe(404);
    }
    expect((await post(writer, `/v1/businesses/${gone}/classifications`, naics('1'))).status).toBe(404);
  });

  test('an assessment joins the history and becomes the risk level of the business', async () => {
    const at = `/v1/businesses/${business}/risk-assessments`;
    const finding = { score: 81.25, level: 'high', method: 'manual', factors: { country: 0.4 } };
    expect((await post(writer, at, finding)).status).toBe(403);
    const made = await post(assessor, at, finding);
    expect([made.status, made.body.score, made.body.factors]).toEqual([201, 81.25, { country: 0.4 }]);
    await post(assessor, at, { score: 3, level: 'low', method: 'manual', expiresAt: '2030-01-01T00:00:00Z' });
    const levels = (await writer.ask(at)).body.data.map((one: { level: string }) => one.level);
    expect(levels).toEqual(['low', 'high']);
    expect((await writer.ask(`/v1/businesses/${business}`)).body.riskLevel).toBe('low');
    expect((await post(assessor, at, { ...finding, score: 100.5 })).status).toBe(400);
    expect(
      (await post(assessor, `/v1/businesses/${crypto.randomUUID()}/risk-assessments`, finding)).status,
    ).toBe(404);
  });

  test('checks decide the compliance status together', async () => {
    const at = `/v1/businesses/${business}/compliance-checks`;
    const verdictAfter = async (type: string, status: string) => {
      expect((await post(assessor, at, { type, status, provider: 'manual' })).status).toBe(201);
      return (await writer.ask(`/v1/businesses/${business}`)).body.complianceStatus;
    };
    expect(await verdictAfter('sanctions', 'pending')).toBe('pending');
    expect(await verdictAfter('sanctions', 'passed')).toBe('compliant');
    expect(await verdictAfter('pep', 'failed')).toBe('non_compliant');
    const checks = (await writer.ask(`${at}?type=sanctions`)).body.data;
    expect(checks.map((one: { checkedAt: string | null }) => one.checkedAt === null)).toEqual([false, true]);
  });

  test('a deleted business is gone with everything below it, and its registration is free again', async () => {
    const id = await newBusiness('R-9');
    const headers = { 'if-match': '"1"' };
    expect((await assessor.ask(`/v1/businesses/${id}`, { method: 'DELETE', headers })).status).toBe(403);
    expect((await writer.ask(`/v1/businesses/${id}`, { method: 'DELETE' })).status).toBe(428);
    expect((await writer.ask(`/v1/businesses/${id}`, { method: 'DELETE', headers })).status).toBe(204);
    expect((await writer.ask(`/v1/businesses/${id}/classifications`)).status).toBe(404);
    expect(await newBusiness('R-9')).not.toBe(id);
  });
});
