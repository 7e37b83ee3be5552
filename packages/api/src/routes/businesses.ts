import { businesses, type Handle } from '@plinth/db';
import { z } from 'zod';
import { ApiError } from '../errors.js';
import { jsonAnswer, jsonObject, leaveOut, text } from '../fields.js';
import { defineResource } from '../resource.js';
import { requires } from '../route.js';

const status = z.enum(['pending', 'active', 'suspended', 'closed']);
export const riskLevel = z.enum(['low', 'medium', 'high', 'critical']);
const complianceStatus = z.enum(['pending', 'compliant', 'under_review', 'non_compliant']);
/** ISO 3166-1 alpha-2. */
const country = z.string().regex(/^[A-Z]{2}$/, 'is not a country code of two capital letters');
const MAX_INT = 2_147_483_647;

/** What a client may write, all of it optional for a change. */
const writable = {
  legalName: text(300),
  tradeName: text(300).nullable(),
  registrationNumber: text(64),
  taxId: text(64).nullable(),
  country,
  legalForm: text(100).nullable(),
  industryCode: text(20).nullable(),
  email: z.email().max(320).nullable(),
  phone: text(40).nullable(),
  website: z
    .url({ protocol: /^https?$/ })
    .max(2_048)
    .nullable(),
  street: text(300).nullable(),
  city: text(200).nullable(),
  region: text(200).nullable(),
  postalCode: text(20).nullable(),
  foundedOn: z.iso.date().nullable(),
  employeeCount: z.int().min(0).max(MAX_INT).nullable(),
  annualRevenueMinor: z.int().min(0).nullable(),
  status,
  riskLevel,
  complianceStatus,
  metadata: jsonObject,
};
const change = z.strictObject(leaveOut(writable));
const { legalName, registrationNumber } = writable;

export const businessRoutes = defineResource({
  path: '/v1/businesses',
  noun: ['business', 'businesses'],
  schema: 'Business',
  event: 'business',
  repository: businesses,
  answer: {
    ...writable,
    email: z.string().nullable(),
    website: z.string().nullable(),
    metadata: jsonAnswer,
  },
  filters: { status, riskLevel, complianceStatus, country },
  search: 'legalName',
  sorts: ['-createdAt', 'createdAt', 'legalName', '-legalName'],
  create: change.extend({ legalName, registrationNumber, country }),
  change,
  access: {
    read: requires('businesses:read'),
    create: requires('businesses:write'),
    change: requires('businesses:write'),
    delete: requires('businesses:delete'),
  },
  constraints: {
    businesses_registration_live_key: {
      code: 'conflict',
      pointer: '/registrationNumber',
      message: 'a business with this registration number exists in this country',
    },
  },
}).routes;

/** For what lies below a business. Throws ApiError `not_found` when there is no such business. */
export async function businessIsThere(
  handle: Handle,
  { params }: { params: Record<string, string> },
): Promise<void> {
  const found = await businesses.get(handle, params.businessId as string, { select: ['id'] });
  if (found === null) throw new ApiError('not_found', 'there is no business with this id');
}
