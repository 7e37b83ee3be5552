// The real API as a process, with less patience than main.ts has: the tests have no minutes to wait.
import { parseConfig } from '../../src/config.js';
import { createLogger } from '../../src/logger.js';
import { type Patience, startApi } from '../../src/start-api.js';

const { TEST_PATIENCE = '{}', ...env } = process.env;
await startApi(
  parseConfig(env),
  {
    logger: createLogger('debug'),
    exit: process.exit,
    fail: (error) => {
      console.error(error);
      process.exit(1);
    },
    on: (signal, listener) => process.on(signal, listener),
  },
  JSON.parse(TEST_PATIENCE) as Patience,
);
