/** `pnpm docs:schema`: writes docs/schema.md and packages/db/prisma/rights.sql from the Prisma schema and a freshly migrated throwaway server. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { embeddedUrl, readSecrets, startEmbedded, stopEmbedded } from '../../packages/db/src/embedded.js';
import {
  formatRights,
  initializeDatabase,
  parseDatabaseConfig,
  RIGHTS_FILE,
  readRights,
  withClient,
} from '../../packages/db/src/index.js';
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
  const rights = await withClient(adminUrl ?? '', async (client) => {
    await client.query("set search_path to ''");
    return await readRights(async (text) => (await client.query(text)).rows);
  });
  await writeFile(RIGHTS_FILE, formatRights(rights));
} finally {
  await stopEmbedded({ home });
  await rm(home, { recursive: true, force: true });
}
