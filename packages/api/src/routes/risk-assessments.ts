import { businesses, riskAssessments } from '@plinth/db';
import { z } from 'zod';
import { jsonAnswer, jsonObject, moment, text, uuid, when } from '../fields.js';
import { defineResource, pathParams } from '../resource.js';
import { defineWrite, requires } from '../route.js';
import { businessIsThere, riskLevel } from './businesses.js';

const path = '/v1/businesses/:businessId/risk-assessments';
const finding = {
  /** 0 (none) to 100; two digits are kept. */
  score: z.number().min(0).max(100),
  level: riskLevel,
  method: text(100),
};

/** History: an assessment is added, never changed. */
const history = defineResource({
  path,
  noun: ['risk assessment', 'the risk assessments of a business, the latest first'],
  schema: 'RiskAssessment',
  repository: riskAssessments,
  answer: {
    businessId: uuid,
    ...finding,
    factors: jsonAnswer,
    assessedAt: moment,
    expiresAt: moment.nullable(),
  },
  filters: { level: riskLevel },
  sorts: ['-assessedAt', 'assessedAt'],
  access: { read: requires('businesses:read') },
  fixed: ({ params }) => ({ businessId: params.businessId as string }),
  within: businessIsThere,
});

const assess = defineWrite({
  method: 'POST',
  path,
  event: 'risk_assessment.created',
  summary: "Assess a business: its risk level becomes the assessment's",
  access: requires('compliance:write'),
  params: pathParams(path),
  body: z.strictObject({
    ...finding,
    factors: jsonObject.exactOptional(),
    expiresAt: when.nullable().exactOptional(),
  }),
  response: history.answered,
  created: true,
  versioned: true,
  async handler({ params, body }, tx) {
    const { assessment } = await businesses.assess(tx, params.businessId as string, body);
    return history.present(assessment);
  },
});

export const riskAssessmentRoutes = [...history.routes, assess];
