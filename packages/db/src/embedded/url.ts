import { PlinthError } from '../errors.js';
import { placeOf } from './place.js';
import { rememberedPort } from './port.js';
import { type EmbeddedRole, readSecrets } from './secrets.js';

/**
 * The connection URL of one role, from the remembered port and password: it does not look whether the server
 * runs. `database` is `plinth` unless told. Throws `embedded_never_started`.
 */
export async function embeddedUrl(options: {
  home: string;
  role: EmbeddedRole;
  database?: string;
}): Promise<string> {
  const { home, role, database = 'plinth' } = options;
  const port = await rememberedPort(placeOf(home));
  if (port === undefined) {
    throw new PlinthError('embedded_never_started', `no embedded server has been started under ${home}`, {
      fix: 'run `plinth db start`',
    });
  }
  const user = role === 'admin' ? 'postgres' : `plinth_${role}`;
  const { passwords } = await readSecrets(home);
  return `postgresql://${user}:${passwords[role]}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
}
