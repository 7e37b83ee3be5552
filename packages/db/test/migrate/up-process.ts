/** One run of the runner as a process of its own, to be killed: `node up-process.ts <url> <dir>`. */
import { migrateUp } from '../../src/migrate/up.js';

const [url = '', dir = ''] = process.argv.slice(2);
process.stdout.write('started\n');
await migrateUp({ url, dir, lockTimeoutMs: 0 });
