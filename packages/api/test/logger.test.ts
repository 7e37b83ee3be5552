import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { SOURCE_FLAGS } from '@plinth/db/testing';

const LOGGER = fileURLToPath(new URL('../src/logger.ts', import.meta.url));

/** Logs these lines in a process of its own, as development or production does, and answers what came out. */
function logged(lines: readonly object[], production: boolean): { text: string; lines: object[] } {
  const program = `
    const { createLogger } = await import(${JSON.stringify(LOGGER)});
    const logger = createLogger('info', ${production});
    for (const line of ${JSON.stringify(lines)}) logger.info(line, 'said');`;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [...SOURCE_FLAGS, '--input-type=module', '--eval', program],
    { encoding: 'utf8', env: { PATH: process.env.PATH } },
  );
  expect(stderr.replace(/^\(node.*\n?|^\(Use.*\n?/gm, '')).toBe('');
  return {
    text: stdout,
    lines: stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  };
}

test.each([
  ['development', false],
  ['production', true],
])(
  'the log of %s takes secrets out of lines by their names, four deep, and loses no line at the end',
  (_name, production) => {
    const secrets = {
      authorization: 'Bearer s3cr3t',
      cookie: 's3cr3t',
      password: 's3cr3t',
      passwordHash: 's3cr3t',
    };
    const tokens = { refreshToken: 's3cr3t', accessToken: 's3cr3t', token: 's3cr3t', secret: 's3cr3t' };
    const all = { ...secrets, ...tokens };
    const { text, lines } = logged(
      [
        all,
        { request: { headers: { ...all, 'set-cookie': ['s3cr3t'] } } },
        { a: { b: { c: all } } },
        { kept: 'as it is', path: '/v1/me' },
      ],
      production,
    );
    expect(text).not.toContain('s3cr3t');
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatchObject({ password: '[redacted]', authorization: '[redacted]', msg: 'said' });
    expect(lines[3]).toMatchObject({ kept: 'as it is', path: '/v1/me' });
  },
);
