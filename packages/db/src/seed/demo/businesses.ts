import type { SeedContext, SeedRow, SeedTable } from '../scenario.js';
import { stamps } from '../stamps.js';
import { DEMO_DAYS, demoPersonId } from './people.js';

const names = [
  'Alder',
  'Basalt',
  'Cinder',
  'Delta',
  'Ember',
  'Fathom',
  'Granite',
  'Harbor',
  'Indigo',
  'Juniper',
  'Kestrel',
  'Lumen',
];
const trades = ['Foods', 'Freight', 'Finance', 'Textiles', 'Robotics'];
const countries = ['DE', 'US', 'GB', 'FR', 'JP', 'BR', 'SG', 'ZA'];
const checks = ['registration', 'sanctions', 'aml', 'pep'] as const;

/** Sixty businesses that arrive over the month and are assessed again and again; their risk moves. */
export function demoBusinesses(context: SeedContext): SeedTable[] {
  const random = context.random('demo businesses');
  const businesses: SeedRow[] = [];
  const assessments: SeedRow[] = [];
  const complianceChecks: SeedRow[] = [];
  for (let index = 0; index < names.length * trades.length; index++) {
    const id = context.id(`demo:business:${index}`);
    const analyst = demoPersonId(context, index % 3);
    const arrived = DEMO_DAYS - (index % DEMO_DAYS);
    let score = 10 + random.below(75);
    for (let day = arrived; day >= 1; day -= 5 + random.below(6)) {
      score = Math.min(99, Math.max(1, score + random.below(21) - 10));
      const at = context.at(day, 60 + random.below(1_200));
      assessments.push({
        id: context.id(`demo:assessment:${index}:${day}`),
        business_id: id,
        score,
        level: levelOf(score),
        factors: { country: random.below(30), industry: random.below(40), transactions: random.below(30) },
        method: 'model:v3',
        assessed_at: at,
        ...stamps(at, analyst),
      });
    }
    const type = checks[index % checks.length] ?? 'registration';
    const status = random.pick(['passed', 'passed', 'passed', 'needs_review', 'failed', 'pending']);
    complianceChecks.push({
      id: context.id(`demo:check:${index}`),
      business_id: id,
      type,
      status,
      provider: type === 'registration' ? 'trade-register' : 'sanctions-screening',
      result: {},
      checked_at: status === 'pending' ? null : context.at(arrived, 90),
      ...stamps(context.at(arrived, 80), analyst),
    });
    businesses.push({
      id,
      legal_name: `${names[index % names.length]} ${trades[Math.floor(index / names.length)]} ${random.pick(['Ltd', 'GmbH', 'Inc.', 'SA'])}`,
      registration_number: `DEMO${context.seed}-${1000 + index}`,
      country: countries[index % countries.length] ?? 'DE',
      industry_code: String(311_000 + random.below(400_000)),
      employee_count: Math.ceil(2_000 * random.next() ** 4) + 1,
      status: random.pick(['active', 'active', 'active', 'pending', 'suspended']),
      risk_level: levelOf(score),
      compliance_status:
        { passed: 'compliant', failed: 'non_compliant', needs_review: 'under_review', pending: 'pending' }[
          status
        ] ?? 'pending',
      metadata: { source: 'demo' },
      ...stamps(context.at(arrived, random.below(60)), analyst),
    });
  }
  return [
    { table: 'businesses', rows: businesses },
    { table: 'risk_assessments', rows: assessments },
    { table: 'compliance_checks', rows: complianceChecks },
  ];
}

function levelOf(score: number): string {
  if (score < 30) return 'low';
  if (score < 55) return 'medium';
  return score < 80 ? 'high' : 'critical';
}
