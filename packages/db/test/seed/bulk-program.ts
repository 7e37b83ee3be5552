import { seedBulk, withSeedDatabase } from '../../src/seed.js';

// Fills a database in small chunks and says after each how far it is: to be killed in the middle.
const [url = '', counts = '{}'] = process.argv.slice(2);
await withSeedDatabase({ url: `${url}?application_name=bulk-program` }, (database) =>
  seedBulk(database, {
    counts: JSON.parse(counts),
    chunkRows: 500,
    onProgress: (table, done) => process.stdout.write(`${table} ${done}\n`),
  }),
);
