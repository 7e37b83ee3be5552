// A process of its own: Node ends a process whose rejection nobody handles, which a test runner hides.
import { setTimeout as sleep } from 'node:timers/promises';
import { writeSealed } from '../../src/backup/file-pipeline.js';

const path = process.argv[2] as string;

async function* lateEnd(): AsyncGenerator<Buffer> {
  yield Buffer.from('the first bytes');
  await sleep(100);
}

const producer = sleep(10).then(() => Promise.reject(new Error('the producer was cancelled')));
await writeSealed(path, lateEnd(), { zstdLevel: 3, seal: undefined }, { sourceFinished: producer }).catch(
  (error: Error) => process.stdout.write(error.message),
);
