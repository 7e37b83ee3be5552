/** A process that starts the server of the home it is given, prints what came of it and ends. */
import { startEmbedded } from '../../src/embedded.js';
import { PlinthError } from '../../src/errors.js';

const home = process.argv[2] ?? '';
startEmbedded({ home, settings: { fsync: 'off', full_page_writes: 'off' } }).then(
  (server) => process.stdout.write(JSON.stringify(server)),
  (error: unknown) => {
    const known =
      error instanceof PlinthError
        ? { code: error.code, message: error.message, fix: error.fix }
        : { message: String(error) };
    process.stdout.write(JSON.stringify({ error: known }));
    process.exitCode = 1;
  },
);
