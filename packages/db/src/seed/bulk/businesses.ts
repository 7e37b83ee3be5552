import { createBulkIds } from './bulk-ids.js';
import type { BulkTable } from './bulk-table.js';
import { rowHash, weighted } from './row-hash.js';
import { rowTime } from './row-times.js';

const words = (
  'Alder Anchor Apex Arbor Atlas Aurora Basalt Beacon Birch Blue Bridge Canyon Cedar Cinder Cobalt Compass Coral ' +
  'Crest Crown Delta Dune Eagle Ember Falcon Fathom Field Fjord Forge Garden Glacier Granite Harbor Haven Hazel ' +
  'Heron Horizon Indigo Iron Ivory Jade Juniper Kestrel Lagoon Lantern Laurel Lumen Maple Marble Meadow Meridian ' +
  'Mill Nimbus North Oak Onyx Orchid Peak Pine Quartz River Sable Summit Tide'
).split(' ');
const trades = (
  'Foods Freight Finance Textiles Robotics Dairy Motors Optics Paper Plastics Marine Media Metals Mining Energy ' +
  'Estates Events Fashion Films Fisheries Furniture Games Glass Health Homes Hotels Imports Insurance Labs Law ' +
  'Leasing Lighting Logistics Machines Markets Materials Music Networks Nurseries Paints Partners Pharma Power ' +
  'Press Printing Products Rentals Research Retail Security Seeds Services Shipping Software Solutions Sports ' +
  'Studios Supply Systems Tools Trading Travel Water Works'
).split(' ');

/** Country, its usual legal form, a city; by weight of 64. */
const places = weighted(6, {
  'US\tInc.\tAustin': 18,
  'GB\tLtd\tLeeds': 10,
  'DE\tGmbH\tHamburg': 10,
  'FR\tSARL\tLyon': 7,
  'JP\tK.K.\tOsaka': 5,
  'BR\tLtda\tCuritiba': 5,
  'IN\tPvt. Ltd.\tPune': 4,
  'NL\tB.V.\tUtrecht': 3,
  'SG\tPte. Ltd.\tSingapore': 1,
  'NG\tLtd\tLagos': 1,
}).map((text) => text.split('\t') as [country: string, form: string, city: string]);

const statuses = weighted(6, { active: 48, pending: 8, closed: 6, suspended: 2 });
/** Risk level and what it usually means for compliance. */
const risks = weighted(6, {
  'low\tcompliant': 34,
  'low\tpending': 6,
  'medium\tcompliant': 12,
  'medium\tunder_review': 5,
  'high\tunder_review': 4,
  'high\tcompliant': 1,
  'critical\tnon_compliant': 1,
  'critical\tunder_review': 1,
});

/** Employees by quantile: most businesses have a handful, a few have tens of thousands (a Pareto distribution). */
const employees = Array.from({ length: 4096 }, (_, at) =>
  Math.min(250_000, Math.floor((1 - (at + 0.5) / 4096) ** -1.15)),
);

export const bulkBusinesses: BulkTable = {
  table: 'businesses',
  count: 'businesses',
  dependsOn: [],
  columns: [
    'id',
    'legal_name',
    'trade_name',
    'registration_number',
    'country',
    'legal_form',
    'industry_code',
    'email',
    'city',
    'employee_count',
    'annual_revenue_minor',
    'status',
    'risk_level',
    'compliance_status',
    'metadata',
    'created_at',
    'updated_at',
  ],
  createWriter({ seed }) {
    const id = createBulkIds('businesses', seed);
    return (index) => {
      const a = rowHash(seed, 1, index);
      const b = rowHash(seed, 2, index);
      const name = `${words[a & 63]} ${words[(a >>> 6) & 63]} ${trades[(a >>> 12) & 63]}`;
      const [country, form, city] = places[(a >>> 18) & 63] ?? ['US', 'Inc.', 'Austin'];
      const people = employees[b & 4095] ?? 1;
      const time = rowTime(index);
      const trade = (b & 0x3000) === 0 ? `${words[a & 63]} ${words[(a >>> 6) & 63]}` : '\\N';
      return (
        `${id(index)}\t${name} ${form}\t${trade}\tB${seed}-${index}\t${country}\t${form}\t${100_000 + (b % 799_999)}\t` +
        `office@b${index}.example\t${city}\t${people}\t${people * (3_000_000 + (b >>> 10))}\t${statuses[a >>> 26]}\t` +
        `${risks[b >>> 26]}\t{"source": "bulk"}\t${time}\t${time}\n`
      );
    };
  },
};
