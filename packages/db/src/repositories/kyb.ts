import { DatabaseError } from '../errors.js';
import type { ComplianceStatus } from '../generated/prisma/enums.js';
import { type Handle, RUNNER } from '../handle.js';
import type { CreateInput, Row } from './model-types.js';
import { createRepository } from './repository.js';

const rows = createRepository({
  model: 'Business',
  table: 'businesses',
  sorts: ['createdAt', 'legalName', 'id'],
  filters: ['status', 'riskLevel', 'complianceStatus', 'country', 'legalName', 'createdAt', 'updatedAt'],
  uniques: [{ by: ['country', 'registrationNumber'], where: 'deleted_at is null' }],
  json: ['metadata'],
});

export const businessClassifications = createRepository({
  model: 'BusinessClassification',
  table: 'business_classifications',
  sorts: ['createdAt', 'id'],
  filters: ['businessId', 'system', 'code', 'isPrimary'],
  uniques: [{ by: ['businessId', 'system', 'code'] }],
});

export const riskAssessments = createRepository({
  model: 'RiskAssessment',
  table: 'risk_assessments',
  sorts: ['assessedAt', 'createdAt', 'id'],
  filters: ['businessId', 'level', 'assessedAt'],
  json: ['factors'],
});

export const complianceChecks = createRepository({
  model: 'ComplianceCheck',
  table: 'compliance_checks',
  sorts: ['createdAt', 'id'],
  filters: ['businessId', 'type', 'status'],
  json: ['result'],
});

/**
 * Adds an assessment to the history of a business and makes its level the business's own, together or not at all.
 * The business row is locked first, so that of two assessments at once the later one decides.
 */
async function assess(
  handle: Handle,
  businessId: string,
  assessment: Omit<CreateInput<'RiskAssessment'>, 'businessId'>,
): Promise<{ assessment: Row<'RiskAssessment'>; business: Row<'Business'> }> {
  return handle[RUNNER].transaction(async (tx) => {
    const locked = await tx.oneOrNone(
      'select id from businesses where id = $1 and deleted_at is null for update',
      [businessId],
    );
    if (locked === null) throw new DatabaseError('not_found');
    const created = await riskAssessments.create(tx, { ...assessment, businessId });
    const business = await rows.update(tx, businessId, { riskLevel: assessment.level }, undefined);
    return { assessment: created, business };
  });
}

/** What the checks of a business come to: one failed decides, then one that needs a person, then one that is missing. */
const VERDICT = `select case
    when count(*) filter (where status = 'failed') > 0 then 'non_compliant'
    when count(*) filter (where status in ('needs_review', 'expired')) > 0 then 'under_review'
    when count(*) filter (where status = 'pending') > 0 or count(*) = 0 then 'pending'
    else 'compliant' end as verdict
  from (select distinct on (type) status from compliance_checks where business_id = $1 order by type, created_at desc, id desc) latest`;

/** Records a compliance check (with a verdict: made now, unless `checkedAt` says otherwise) and brings the business's compliance status up to date, together or not at all. */
async function check(
  handle: Handle,
  businessId: string,
  result: Omit<CreateInput<'ComplianceCheck'>, 'businessId'>,
): Promise<{ check: Row<'ComplianceCheck'>; business: Row<'Business'> }> {
  return handle[RUNNER].transaction(async (tx) => {
    const locked = await tx.oneOrNone(
      'select id from businesses where id = $1 and deleted_at is null for update',
      [businessId],
    );
    if (locked === null) throw new DatabaseError('not_found');
    const checkedAt = result.status === undefined || result.status === 'pending' ? null : new Date();
    const created = await complianceChecks.create(tx, { checkedAt, ...result, businessId });
    const { verdict } = await tx.one<{ verdict: ComplianceStatus }>(VERDICT, [businessId]);
    const business = await rows.update(tx, businessId, { complianceStatus: verdict }, undefined);
    return { check: created, business };
  });
}

export const businesses = { ...rows, assess, check };
