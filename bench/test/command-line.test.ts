import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { SOURCE_FLAGS } from '@plinth/db/testing';

const root = join(import.meta.dirname, '../..');

function bench(...args: string[]) {
  const command = [...SOURCE_FLAGS, 'bench/run.ts', ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: root, encoding: 'utf8' });
  return { status, stdout, first: stderr.split('\n')[0] };
}

test.each([
  [['by-idd'], 'no case "by-idd"'],
  [['--rows', 'many'], '--rows many is not a number from 1000 to 100000000'],
  [['--rows', '999'], '--rows 999 is not a number from 1000 to 100000000'],
  [['--fast'], expect.stringMatching(/^Unknown option '--fast'/)],
])('%j is a usage error: exit 2 and nothing measured', (args, message) => {
  expect(bench(...args)).toEqual({ status: 2, stdout: '', first: message });
});

test('--help names the cases and ends with 0', () => {
  expect(bench('--help')).toMatchObject({
    status: 0,
    stdout: '',
    first: expect.stringMatching(/^usage: pnpm bench/),
  });
});
