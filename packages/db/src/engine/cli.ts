import type { Writable } from 'node:stream';
import { checkConnection, createDatabase, dropDatabase } from './database.js';
import type { EngineTarget } from './target.js';

const commands: Readonly<Record<string, (target: EngineTarget) => Promise<unknown>>> = {
  'can-connect-to-database': checkConnection,
  'create-database': createDatabase,
  'drop-database': dropDatabase,
};

/** Runs one of the engine's one-shot commands and answers its exit code. Failures are log lines on `stderr`. */
export async function runCliCommand(
  command: string,
  parseTarget: () => EngineTarget,
  stderr: Writable,
): Promise<0 | 1> {
  const log = (level: string, fields: object) =>
    stderr.write(`${JSON.stringify({ level, target: 'schema_engine::logger', fields })}\n`);
  // Prisma drops the first line unread.
  log('INFO', { message: `Running ${command}` });
  try {
    const run = commands[command];
    if (run === undefined) throw new Error(`the schema engine has no command ${command}`);
    await run(parseTarget());
    return 0;
  } catch (error) {
    const { code = '', message } = error as { code?: string; message: string };
    // Prisma shows what has a code; P1013 is the one of an unusable URL.
    log('ERROR', { message, error_code: /^P\d{4}$/.test(code) ? code : 'P1013' });
    return 1;
  }
}
