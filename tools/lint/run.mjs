import { readdir } from 'node:fs/promises';
import { readProject } from './project.mjs';

const rulesFolder = new URL('./rules/', import.meta.url);

/**
 * Runs every rule of tools/lint/rules over the tree under `root`.
 * A rule file exports `check(project)`, an iterable of `{ file, line, message }`; the file's name is the rule's.
 */
export async function lint(root, only) {
  const project = await readProject(root);
  const findings = [...project.unparsable];
  for (const file of (await readdir(rulesFolder)).sort()) {
    const rule = file.replace(/\.mjs$/, '');
    if (only !== undefined && rule !== only) continue;
    const { check } = await import(new URL(file, rulesFolder).href);
    for (const finding of check(project)) findings.push({ ...finding, rule });
  }
  findings.sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line || a.rule.localeCompare(b.rule));
  return { findings, files: project.files.length };
}
