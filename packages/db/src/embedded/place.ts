import { join, resolve } from 'node:path';

/** Where everything of one embedded server lives; `home` is PLINTH_HOME. */
export interface Place {
  home: string;
  /** The cluster. One per home, whatever its major: another major's data is an error, never a second database. */
  dataDir: string;
  /** Prefix of half-made clusters; anything with it is rubbish once the lock is held. */
  stagingPrefix: string;
  /** Remembers the port across runs. */
  stateFile: string;
  lockFile: string;
  logFile: string;
  secretsDir: string;
  secretsFile: string;
}

/** The paths under `home` (made absolute); touches nothing. */
export function placeOf(home: string): Place {
  const root = resolve(home);
  const secretsDir = join(root, 'secrets');
  return {
    home: root,
    dataDir: join(root, 'postgres-data'),
    stagingPrefix: 'postgres-data.new-',
    stateFile: join(root, 'postgres.json'),
    lockFile: join(root, 'postgres.lock'),
    logFile: join(root, 'postgres.log'),
    secretsDir,
    secretsFile: join(secretsDir, 'secrets.json'),
  };
}
