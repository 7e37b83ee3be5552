import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const pages = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...globSync('docs/**/*.md', { cwd: root })];

test('every link between pages leads to a file, and every page of docs that a text names exists', () => {
  expect(pages.length).toBeGreaterThan(20);
  const broken = pages.flatMap((page) => {
    const text = readFileSync(join(root, page), 'utf8');
    const links = [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)|(?:src|srcset)="([^"]+)"/g)]
      .map(([, link, picture]) => link ?? picture ?? '')
      .filter((link) => !/^[a-z]+:/.test(link))
      .map((link) => join(dirname(page), link));
    const named = [...text.matchAll(/\bdocs\/[\w/-]+\.md\b/g)].map(([name]) => name);
    return [...links, ...named]
      .filter((path) => !existsSync(join(root, path)))
      .map((path) => `${page}: ${path}`);
  });
  expect(broken).toEqual([]);
});

test('README leads to every page, and every decision is numbered without a gap', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const top = pages.filter((page) => /^docs\/[^/]+\.md$/.test(page));
  expect(top.filter((page) => !readme.includes(`](${page})`))).toEqual([]);
  const numbers = globSync('docs/decisions/*.md', { cwd: root })
    .map((path) => Number(/(\d{4})-/.exec(path)?.[1]))
    .sort((a, b) => a - b);
  expect(numbers).toEqual(numbers.map((_, index) => index + 1));
});
