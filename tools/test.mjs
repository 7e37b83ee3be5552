// npm test: lint, build, types, every Jest test, then the fault suite, each fault once. `--full` runs the same tests at
// their full counts; other arguments are Jest's file patterns, and leave the fault suite out. The last line is `N passed, N failed` or `N passed, N failed, N skipped`.
import { rmSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSkips } from './lint/skips.mjs';
import { runStage, stopStagesOnSignal } from './suite/stage.mjs';
import { judge, probeMissing } from './suite/verdict.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const full = process.argv.includes('--full');
const patterns = process.argv.slice(2).filter((argument) => argument !== '--full');
const print = (text) => process.stdout.write(text);
const scratch = await mkdtemp(join(tmpdir(), 'plinth-test-run-'));
const summaryFile = join(scratch, 'summary.json');
// Also where a signal ends the run.
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
stopStagesOnSignal();

// The pinned Node comes first, whatever Node started this file. A database of the developer's own is out of reach.
const env = { TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' };
for (const [name, value] of Object.entries(process.env)) {
  if (!/(^|_)DATABASE_URL$|^DB_|^PG[A-Z]+$|^PLINTH_|^NODE_OPTIONS$/.test(name)) env[name] = value;
}
// The commands that tests start compile each file once.
env.NODE_COMPILE_CACHE = join(root, 'node_modules/.cache/compile');
env.PATH = `${join(root, 'node_modules/.bin')}${delimiter}${process.env.PATH}`;

const stages = [
  { name: 'format and lint', command: ['biome', 'check', '.'] },
  { name: 'our own rules', command: ['node', 'tools/lint.mjs'] },
  { name: 'build', command: ['turbo', 'run', 'build', '--output-logs=errors-only', '--ui=stream'] },
  { name: 'types', command: ['tsc', '--noEmit', '-p', 'tsconfig.json'] },
  { name: 'types of pages', command: ['tsc', '--noEmit', '-p', 'packages/api/dashboard'] },
];
const jest = {
  name: 'tests',
  live: true,
  command: [
    'node',
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    'node_modules/jest/bin/jest.js',
    '--ci',
    '--maxWorkers=2',
    ...patterns,
  ],
};

const faults = {
  name: 'faults',
  live: true,
  command: [
    'node',
    '--import',
    './packages/db/bin/source.mjs',
    'faults/run.ts',
    '--minutes',
    full ? '10' : '0',
    '--worlds',
    '2',
  ],
};

const failedStages = [];
for (const stage of stages) {
  const code = await runStage(stage, { cwd: root, env, print });
  if (code !== 0) failedStages.push(stage.name);
}
const jestCode = await runStage(jest, {
  cwd: root,
  env: { ...env, PLINTH_TEST_SUMMARY: summaryFile, ...(full ? { PLINTH_FULL: '1' } : {}) },
  print,
});
if (patterns.length === 0 && (await runStage(faults, { cwd: root, env, print })) !== 0)
  failedStages.push(faults.name);
const summary = await readFile(summaryFile, 'utf8').then(JSON.parse, () => undefined);

const skipRows = parseSkips(await readFile(join(root, 'docs/skips.md'), 'utf8'));
const verdict = judge({ summary, jestCode, failedStages, skipRows, isMissing: probeMissing });
print(`${verdict.lines.join('\n')}\n`);
process.exitCode = verdict.exitCode;
