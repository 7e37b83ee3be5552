import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';

const measuredPackages = ['pg', 'kysely', 'drizzle-orm', '@prisma/adapter-pg'];

/** What the numbers were taken on: machine, versions, commit and whether the tree differed from it. */
export function describeMachine(root: string, now: Date) {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
  const versions = Object.fromEntries(
    measuredPackages.map((name) => {
      const manifest = readFileSync(join(root, 'bench/node_modules', name, 'package.json'), 'utf8');
      return [name, JSON.parse(manifest).version as string];
    }),
  );
  return {
    date: now.toISOString(),
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()} ${process.arch}`,
    node: process.version,
    versions,
    commit: git('rev-parse', 'HEAD'),
    treeChanged: git('status', '--porcelain', '--untracked-files=no') !== '',
  };
}
