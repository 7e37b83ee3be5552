import { chooseForDump, findClientTools } from '../backup/client-tools.js';
import { type Check, fail, pass } from './check.js';

/** pg_dump and its companions are installed and not older than the server. */
export const backupTools: Check = {
  name: 'backup tools',
  async run({ db, path }) {
    const { major } = await db.one<{ major: number }>(
      `select current_setting('server_version_num')::int / 10000 as major`,
    );
    try {
      const tools = chooseForDump(await findClientTools({ path }), major);
      return pass(`pg_dump ${tools.version} in ${tools.binDir}`);
    } catch (error) {
      const { message, fix } = error as Error & { fix?: string };
      return fail(message, fix ?? `install the client tools of PostgreSQL ${major}`);
    }
  },
};
