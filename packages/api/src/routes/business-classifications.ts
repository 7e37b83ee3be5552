import { businessClassifications } from '@plinth/db';
import { z } from 'zod';
import { leaveOut, text, uuid } from '../fields.js';
import { defineResource } from '../resource.js';
import { requires } from '../route.js';
import { businessIsThere } from './businesses.js';

const system = z.enum(['naics', 'sic', 'mcc', 'nace']);
const code = z.string().regex(/^[A-Z0-9.]{1,12}$/, 'is not 1 to 12 of the characters A-Z 0-9 .');
const judged = {
  description: text(500, 0),
  /** How sure the classifier was: four digits are kept. */
  confidence: z.number().min(0).max(1),
  isPrimary: z.boolean(),
  /** Who or what classified, such as manual or model:v3. */
  source: text(100),
};

export const businessClassificationRoutes = defineResource({
  path: '/v1/businesses/:businessId/classifications',
  noun: ['classification', 'the industry codes of a business'],
  schema: 'BusinessClassification',
  repository: businessClassifications,
  answer: { businessId: uuid, system, code, ...judged },
  filters: { system },
  sorts: ['-createdAt', 'createdAt'],
  create: z.strictObject({
    system,
    code,
    ...leaveOut(judged),
    confidence: judged.confidence,
    source: judged.source,
  }),
  change: z.strictObject(leaveOut(judged)),
  access: {
    read: requires('businesses:read'),
    create: requires('businesses:write'),
    change: requires('businesses:write'),
    delete: requires('businesses:write'),
  },
  fixed: ({ params }) => ({ businessId: params.businessId as string }),
  within: businessIsThere,
  constraints: {
    business_classifications_business_id_system_code_key: {
      code: 'conflict',
      pointer: '/code',
      message: 'the business has this code already',
    },
  },
}).routes;
