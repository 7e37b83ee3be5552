/** `pnpm docs:schema`: writes docs/schema.md from the Prisma schema and a freshly migrated throwaway server. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { embeddedUrl, readSecrets, startEmbedded, stopEmbedded } from '../../packages/db/src/embedded.js';
import { initializeDatabase, parseDatabaseConfig, withClient } from '../../packages/db/src/index.js';
import { renderSchemaPage } from './schema-page.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const home = await mkdtemp(join(tmpdir(), 'plinth-docs-'));
try {
  await startEmbedded({ home, settings: { fsync: 'off' } });
  const [adminUrl, appUrl, migrateUrl] = await Promise.all(
    (['admin', 'app', 'migrator'] as const).map((role) => embeddedUrl({ home, role })),
  );
  const { passwords } = await readSecrets(home);
  const config = parseDatabaseConfig({ NODE_ENV: 'test', DATABASE_URL: appUrl });
  await initializeDatabase({ config, adminUrl: adminUrl ?? '', migrateUrl: migrateUrl ?? '', passwords });
  const page = await withClient(adminUrl ?? '', (client) =>
    renderSchemaPage(
      async (text) => (await client.query(text)).rows,
      join(root, 'packages/db/prisma/schema'),
    ),
  );
  await writeFile(join(root, 'docs/schema.md'), page);
} finally {
  await stopEmbedded({ home });
  await rm(home, { recursive: true, force: true });
}
