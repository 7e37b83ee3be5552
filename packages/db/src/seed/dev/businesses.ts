import type { SeedContext, SeedTable } from '../scenario.js';
import { stamps } from '../stamps.js';
import { personId } from './people.js';

/** name, country, register number, city, legal form, NAICS code, status, risk, compliance, employees. */
const companies = [
  [
    'Nordlicht Energie GmbH',
    'DE',
    'HRB 104233',
    'Hamburg',
    'GmbH',
    '221114',
    'active',
    'low',
    'compliant',
    84,
  ],
  [
    'Blue Heron Logistics LLC',
    'US',
    '7731920',
    'Portland',
    'LLC',
    '488510',
    'active',
    'low',
    'compliant',
    312,
  ],
  ['Atelier Lumière SARL', 'FR', '902 114 556', 'Lyon', 'SARL', '541430', 'active', 'low', 'compliant', 12],
  ['Kingsway Bullion Ltd', 'GB', '11482930', 'London', 'Ltd', '423940', 'active', 'high', 'under_review', 9],
  [
    'Meridian Crypto Exchange OÜ',
    'EE',
    '16233901',
    'Tallinn',
    'OÜ',
    '523210',
    'suspended',
    'critical',
    'non_compliant',
    27,
  ],
  [
    'Sakura Precision K.K.',
    'JP',
    '0104-01-118822',
    'Osaka',
    'K.K.',
    '333517',
    'active',
    'low',
    'compliant',
    540,
  ],
  ['Fjord Seafood AS', 'NO', '921 334 870', 'Bergen', 'AS', '311710', 'active', 'medium', 'compliant', 151],
  [
    'Pampas Trading S.A.',
    'AR',
    '30-71562210-4',
    'Rosario',
    'S.A.',
    '424510',
    'pending',
    'medium',
    'pending',
    38,
  ],
  [
    'Golden Lotus Import-Export Pte. Ltd.',
    'SG',
    '202311774K',
    'Singapore',
    'Pte. Ltd.',
    '425120',
    'active',
    'high',
    'under_review',
    21,
  ],
  [
    'Casa Verde Alimentos Ltda',
    'BR',
    '45.221.903/0001-10',
    'Curitiba',
    'Ltda',
    '311421',
    'active',
    'medium',
    'compliant',
    220,
  ],
  ['Lakeside Care Homes Ltd', 'GB', '08832115', 'Leeds', 'Ltd', '623110', 'closed', 'low', 'compliant', 0],
  ['Orbit Gaming N.V.', 'CW', '158440', 'Willemstad', 'N.V.', '713290', 'pending', 'critical', 'pending', 15],
] as const;

const industries: Readonly<Record<string, string>> = {
  '221114': 'Solar electric power generation',
  '488510': 'Freight transportation arrangement',
  '541430': 'Graphic design services',
  '423940': 'Jewelry, watch and precious metal wholesalers',
  '523210': 'Securities and commodity exchanges',
  '333517': 'Machine tool manufacturing',
  '311710': 'Seafood preparation and packaging',
  '424510': 'Grain wholesalers',
  '425120': 'Wholesale trade agents and brokers',
  '311421': 'Fruit and vegetable canning',
  '623110': 'Nursing care facilities',
  '713290': 'Other gambling industries',
};

/** The middle of each level's band of scores. */
const scores = { low: 14, medium: 41, high: 68, critical: 91 } as const;
const outcomes = {
  compliant: 'passed',
  under_review: 'needs_review',
  non_compliant: 'failed',
  pending: 'pending',
} as const;

/** The id of a business by its place in the list. */
const businessId = (context: SeedContext, index: number) => context.id(`business:${companies[index]?.[0]}`);

/** Twelve companies of different risk, status and country, with industry codes, risk history and compliance checks. */
export function businesses(context: SeedContext): SeedTable[] {
  const analyst = personId(context, 'analyst');
  const random = context.random('businesses');
  const since = (index: number) => 250 - 12 * index;
  const made = (index: number, daysLater = 0) =>
    stamps(context.at(since(index) - daysLater, 11 * index), analyst);
  return [
    {
      table: 'businesses',
      rows: companies.map(
        ([name, country, number, city, form, industry, status, risk, compliance, employees], index) => ({
          id: businessId(context, index),
          legal_name: name,
          trade_name: name.split(' ').slice(0, 2).join(' '),
          registration_number: number,
          tax_id: `${country}${100_000_000 + random.below(899_999_999)}`,
          country,
          legal_form: form,
          industry_code: industry,
          email: `office@business${index + 1}.example`,
          website: `https://business${index + 1}.example`,
          city,
          founded_on: `${1978 + random.below(45)}-0${1 + random.below(9)}-1${random.below(10)}`,
          employee_count: employees,
          annual_revenue_minor: employees * (4_000_000 + random.below(9_000_000)),
          status,
          risk_level: risk,
          compliance_status: compliance,
          metadata: { source: 'application form' },
          ...made(index),
        }),
      ),
    },
    {
      table: 'business_classifications',
      rows: companies.map(([name, , , , , code], index) => ({
        id: context.id(`classification:${name}`),
        business_id: businessId(context, index),
        system: 'naics',
        code,
        description: industries[code] ?? '',
        confidence: (80 + random.below(20)) / 100,
        is_primary: true,
        source: index % 3 === 0 ? 'manual' : 'model:v3',
        ...made(index, 1),
      })),
    },
    {
      table: 'risk_assessments',
      rows: companies.flatMap(([name, , , , , , , risk], index) =>
        // The first look is milder than what was found later.
        ['screening', 'review'].map((method, step) => {
          const score = Math.max(5, scores[risk] - 12 * (1 - step)) + random.below(6);
          const assessed = context.at(since(index) - 2 - 60 * step, 30 * step);
          return {
            id: context.id(`assessment:${name}:${method}`),
            business_id: businessId(context, index),
            score,
            level: score < 30 ? 'low' : score < 55 ? 'medium' : score < 80 ? 'high' : 'critical',
            factors: { country: random.below(30), industry: random.below(40), ownership: random.below(30) },
            method,
            assessed_at: assessed,
            expires_at: context.at(since(index) - 367 - 60 * step, 30 * step),
            ...stamps(assessed, analyst),
          };
        }),
      ),
    },
    {
      table: 'compliance_checks',
      rows: companies.flatMap(([name, , , , , , , , compliance], index) =>
        (['registration', 'sanctions'] as const).map((type) => {
          const status =
            type === 'registration' && compliance !== 'pending' ? 'passed' : outcomes[compliance];
          const open = status === 'pending';
          return {
            id: context.id(`check:${name}:${type}`),
            business_id: businessId(context, index),
            type,
            status,
            provider: type === 'registration' ? 'trade-register' : 'sanctions-screening',
            result: open ? {} : { matches: status === 'passed' ? 0 : 1 },
            checked_at: open ? null : context.at(since(index) - 3),
            expires_at: open ? null : context.at(since(index) - 183),
            ...made(index, 3),
          };
        }),
      ),
    },
  ];
}
