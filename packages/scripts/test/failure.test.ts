import { expect, test } from '@jest/globals';
import { PlinthError } from '@plinth/db';
import { describeFailure } from '../src/failure.js';

test('a refused login says what to look at: user, password and how it is written in a URL, not whether a server runs', () => {
  const { exitCode, error } = describeFailure(
    new PlinthError('auth_failed', 'the database refused the login'),
  );
  expect(exitCode).toBe(10);
  expect(error.fix).toMatch(/^check user and password .*%40/);
  expect(describeFailure(new PlinthError('unavailable', 'away')).error.fix).toContain('that its server runs');
});

test("an error's own fix goes before the usual one", () => {
  const { error } = describeFailure(new PlinthError('auth_failed', 'refused', { fix: 'set OPS_TOKEN' }));
  expect(error.fix).toBe('set OPS_TOKEN');
});
