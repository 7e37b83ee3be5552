// A worker process for worker.test.ts: runs tasks that write into the table `done` and dawdle on demand.
import { parseDatabaseConfig, parseFieldKeys } from '@plinth/db';
import { defineTask, startWorker } from '@plinth/db/jobs';

const [url = '', key = ''] = process.argv.slice(2);
const slow = defineTask({
  name: 'slow',
  parse: (payload) => payload as { id: number; ms: number },
  async run({ id, ms }, { database, signal }) {
    await database.none('insert into public.begun (id, pid) values ($1, $2)', [id, process.pid]);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      signal.addEventListener('abort', () => resolve(clearTimeout(timer)));
    });
    if (signal.aborted) throw new Error('told to stop');
    await database.none('insert into public.done (id) values ($1) on conflict do nothing', [id]);
  },
});
const worker = await startWorker({
  config: parseDatabaseConfig({ NODE_ENV: 'test', DATABASE_URL: url, DB_POOL_MIN: '0' }),
  fieldKeys: parseFieldKeys(key),
  log: (level, message) => console.error(`${level} ${message}`),
  tasks: [slow],
  cron: false,
  pollMs: 100,
  deadCheckMs: 1_000,
});
process.on('SIGTERM', () => void worker.stop());
console.log('started');
await worker.finished;
console.log('stopped');
