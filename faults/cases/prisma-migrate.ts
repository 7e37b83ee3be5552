import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { World } from '../world/world.js';
import { BOUND_MS, type Fault } from './fault.js';
import { appliedOnce, badEnd, migrateDown, writeMoreMigrations } from './migration.js';

/** How the compose file and most releases migrate: Prisma's own command, once, and by two releases at the same moment. */
export const prismaMigrate: Fault = {
  name: 'prisma-migrate',
  what: 'prisma migrate deploy with two more migrations, then plinth migrate down 2; the same with two deploys at the same moment',
  boundMs: BOUND_MS,
  async inject(world, _random, found) {
    const dir = await writeMoreMigrations(world);
    const config = await writePrismaConfig(world, dir);
    for (const times of [1, 2]) {
      const deploys = Array.from({ length: times }, () => world.prisma(['migrate', 'deploy'], config));
      for (const outcome of await Promise.all(deploys))
        found.push(...badEnd('prisma migrate deploy', outcome));
      found.push(...(await appliedOnce(world, `${times} prisma migrate deploy`)));
      found.push(...(await migrateDown(world, dir)));
    }
    return 4;
  },
};

/** This repository's own settings with another folder of migrations. Answers the file. */
async function writePrismaConfig({ root, folder }: World, migrationsDir: string): Promise<string> {
  const file = join(folder, 'prisma.config.ts');
  const own = pathToFileURL(join(root, 'prisma.config.ts')).href;
  await writeFile(
    file,
    `import own from ${JSON.stringify(own)};
export default { ...own, migrations: { ...own.migrations, path: ${JSON.stringify(migrationsDir)} } };\n`,
  );
  return file;
}
