// The checks of our own that Biome cannot do. Each rule is one file under tools/lint/rules and answers with findings.
import { fileURLToPath } from 'node:url';
import { lint } from './lint/run.mjs';

const root = process.argv[2] ?? fileURLToPath(new URL('..', import.meta.url));
const startedAt = performance.now();
const { findings, files } = await lint(root);
for (const { file, line, rule, message } of findings) console.error(`${file}:${line} ${rule}: ${message}`);
const tookMs = Math.round(performance.now() - startedAt);
console.error(
  `${findings.length} ${findings.length === 1 ? 'finding' : 'findings'} in ${files} files (${tookMs} ms)`,
);
if (findings.length > 0) process.exitCode = 1;
