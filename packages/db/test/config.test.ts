import { describe, expect, test } from '@jest/globals';
import { ConfigError, parseDatabaseConfig, parseDurationMs } from '@plinth/db';

const url = 'postgresql://plinth_app:s3cret@db.example.com:5432/plinth';

describe('parseDatabaseConfig', () => {
  test('reports every problem at once and never the password', () => {
    let error: unknown;
    try {
      parseDatabaseConfig({
        NODE_ENV: 'production',
        DATABASE_URL: url,
        DB_SSL: 'require',
        DB_POOL_MAX: 'many',
        DB_POOL_ACQUIRE_TIMEOUT_MS: '-1',
        LOG_QUERIES: 'true',
      });
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(ConfigError);
    const { problems, message } = error as ConfigError;
    expect(problems).toEqual([
      'DB_SSL: "require" is refused in production for a remote host; use verify-full',
      'LOG_QUERIES: refused in production',
      'DB_POOL_MAX: "many" is not a whole number between 1 and 1000',
      'DB_POOL_ACQUIRE_TIMEOUT_MS: "-1" is not a whole number between 1 and 600000',
    ]);
    expect(message).not.toContain('s3cret');
  });

  test('assembles the URL from DB_HOST and the others, with special characters escaped', () => {
    const config = parseDatabaseConfig({
      DB_HOST: 'localhost',
      DB_USER: 'a b',
      DB_PASSWORD: 'p@ss/word',
      DB_NAME: 'plinth',
    });
    const parsed = new URL(config.url);
    expect([
      decodeURIComponent(parsed.username),
      decodeURIComponent(parsed.password),
      parsed.host,
      parsed.pathname,
    ]).toEqual(['a b', 'p@ss/word', 'localhost:5432', '/plinth']);
  });

  test('DATABASE_URL wins over DB_HOST', () => {
    expect(parseDatabaseConfig({ DATABASE_URL: url, DB_HOST: 'other' }).url).toBe(url);
  });

  test.each(['', 'mysql://h/d', 'postgresql://host', 'not a url'])('refuses %p', (given) => {
    expect(() => parseDatabaseConfig({ DATABASE_URL: given })).toThrow(ConfigError);
  });

  test('production verifies the server of a remote host and asks nothing of a local one', () => {
    expect(parseDatabaseConfig({ NODE_ENV: 'production', DATABASE_URL: url }).ssl).toBe('verify-full');
    expect(
      parseDatabaseConfig({ NODE_ENV: 'production', DATABASE_URL: 'postgresql://127.0.0.1/plinth' }).ssl,
    ).toBe('disable');
  });

  test('refuses a minimum above the maximum', () => {
    expect(() => parseDatabaseConfig({ DATABASE_URL: url, DB_POOL_MIN: '5', DB_POOL_MAX: '3' })).toThrow(
      /DB_POOL_MIN: 5 is above/,
    );
  });

  test('has the documented defaults and is frozen', () => {
    const config = parseDatabaseConfig({ DATABASE_URL: url });
    expect(config).toMatchObject({
      poolMin: 2,
      poolMax: 20,
      acquireTimeoutMs: 5_000,
      idleTimeoutMs: 30_000,
      maxLifetimeS: 1_800,
      connectRetries: 5,
      statementTimeoutMs: 15_000,
    });
    expect(Object.isFrozen(config)).toBe(true);
  });
});

test('durations need a unit', () => {
  expect(['500ms', '30s', '5m', '2h', '7d', '1.5s'].map(parseDurationMs)).toEqual([
    500, 30_000, 300_000, 7_200_000, 604_800_000, 1_500,
  ]);
  expect(['30', 's', '-1s', '1 week', ''].map(parseDurationMs)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});
