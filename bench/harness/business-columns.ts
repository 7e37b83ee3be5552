/** Column by property name. No bigint, no date: the libraries give those different types, and equal rows are the condition. */
export const businessColumns = {
  id: 'id',
  legalName: 'legal_name',
  tradeName: 'trade_name',
  registrationNumber: 'registration_number',
  country: 'country',
  industryCode: 'industry_code',
  email: 'email',
  city: 'city',
  employeeCount: 'employee_count',
  status: 'status',
  riskLevel: 'risk_level',
  metadata: 'metadata',
  createdAt: 'created_at',
  updatedAt: 'updated_at',
  version: 'version',
} as const;

export const businessProperties = Object.keys(businessColumns) as (keyof typeof businessColumns)[];

/** The select list that all sides written in SQL use. */
export const businessList = businessProperties
  .map((property) => `${businessColumns[property]} AS "${property}"`)
  .join(', ');
