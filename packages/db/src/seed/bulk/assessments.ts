import { createBulkIds } from './bulk-ids.js';
import type { BulkTable } from './bulk-table.js';
import { rowFraction, rowHash } from './row-hash.js';
import { rowTime } from './row-times.js';

/** Rows of risk_assessments: a tenth of the businesses has almost half of them. */
export const bulkAssessments: BulkTable = {
  table: 'risk_assessments',
  count: 'assessments',
  dependsOn: ['businesses'],
  columns: [
    'id',
    'business_id',
    'score',
    'level',
    'factors',
    'method',
    'assessed_at',
    'created_at',
    'updated_at',
  ],
  createWriter({ seed, counts }) {
    const id = createBulkIds('risk_assessments', seed);
    const businessId = createBulkIds('businesses', seed);
    return (index) => {
      const a = rowHash(seed, 9, index);
      const business = Math.floor(rowFraction(seed, 10, index) ** 3 * counts.businesses);
      const score = Math.floor(((a & 0xffff) / 65_536) ** 1.6 * 100);
      const level = score < 30 ? 'low' : score < 55 ? 'medium' : score < 80 ? 'high' : 'critical';
      const time = rowTime(index);
      return (
        `${id(index)}\t${businessId(business)}\t${score}.${a >>> 28 > 9 ? 5 : 0}\t${level}\t` +
        `{"country": ${(a >>> 16) & 31}, "industry": ${(a >>> 21) & 31}}\tmodel:v3\t${time}\t${time}\t${time}\n`
      );
    };
  },
};
