import { businesses, complianceChecks } from '@plinth/db';
import { z } from 'zod';
import { jsonAnswer, jsonObject, moment, text, uuid, when } from '../fields.js';
import { defineResource, pathParams } from '../resource.js';
import { defineWrite, requires } from '../route.js';
import { businessIsThere } from './businesses.js';

const path = '/v1/businesses/:businessId/compliance-checks';
const type = z.enum(['registration', 'ownership', 'sanctions', 'aml', 'pep', 'adverse_media']);
const status = z.enum(['pending', 'passed', 'failed', 'needs_review', 'expired']);

/** History: a check is added, never changed. */
const history = defineResource({
  path,
  noun: ['compliance check', 'the compliance checks of a business, the latest first'],
  schema: 'ComplianceCheck',
  repository: complianceChecks,
  answer: {
    businessId: uuid,
    type,
    status,
    provider: z.string(),
    result: jsonAnswer,
    checkedAt: moment.nullable(),
    expiresAt: moment.nullable(),
  },
  filters: { type, status },
  sorts: ['-createdAt', 'createdAt'],
  access: { read: requires('businesses:read') },
  fixed: ({ params }) => ({ businessId: params.businessId as string }),
  within: businessIsThere,
});

const check = defineWrite({
  method: 'POST',
  path,
  event: 'compliance_check.created',
  summary: "Record a compliance check: the business's compliance status follows from all of them",
  access: requires('compliance:write'),
  params: pathParams(path),
  body: z.strictObject({
    type,
    status,
    /** The service that was asked, or manual. */
    provider: text(100),
    result: jsonObject.exactOptional(),
    expiresAt: when.nullable().exactOptional(),
  }),
  response: history.answered,
  created: true,
  versioned: true,
  async handler({ params, body }, tx) {
    const { check: recorded } = await businesses.check(tx, params.businessId as string, {
      ...body,
      checkedAt: body.status === 'pending' ? null : new Date(),
    });
    return history.present(recorded);
  },
});

export const complianceCheckRoutes = [...history.routes, check];
