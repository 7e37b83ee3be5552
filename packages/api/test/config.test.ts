import { describe, expect, test } from '@jest/globals';
import { ConfigError } from '@plinth/db';
import { parseConfig } from '../src/config.js';
import { SETTINGS } from './support/settings.js';

const COMPLETE = { ...SETTINGS, DATABASE_URL: 'postgresql://plinth_app:secret@127.0.0.1:5432/plinth' };

function problemsOf(env: Record<string, string | undefined>): readonly string[] {
  try {
    parseConfig({ ...COMPLETE, ...env });
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe('the configuration', () => {
  test('listens on loopback in development, everywhere in production, on 8080', () => {
    const rest = { ...COMPLETE, HOST: undefined, PORT: undefined, NODE_ENV: undefined };
    expect(parseConfig(rest)).toMatchObject({
      environment: 'development',
      host: '127.0.0.1',
      port: 8080,
      drainDelayMs: 0,
      logLevel: 'silent',
    });
    expect(parseConfig({ ...rest, NODE_ENV: 'production' })).toMatchObject({
      host: '0.0.0.0',
      drainDelayMs: 5_000,
    });
  });

  test('is frozen', () => {
    expect(Object.isFrozen(parseConfig(COMPLETE))).toBe(true);
  });

  test('names every problem at once, the database’s too', () => {
    const problems = problemsOf({
      PORT: '70000',
      LOG_LEVEL: 'loud',
      DATABASE_URL: 'mysql://x/y',
      CURSOR_KEY: '',
      DB_POOL_MAX: '0',
    });
    expect(problems.map((problem) => problem.split(':')[0]).sort()).toEqual([
      'CURSOR_KEY',
      'DATABASE_URL',
      'DB_POOL_MAX',
      'LOG_LEVEL',
      'PORT',
    ]);
  });

  test.each([
    ['a signing key of 31 bytes', 'TOKEN_SIGNING_KEY', Buffer.alloc(31).toString('base64url')],
    ['a signing key that is no base64url', 'TOKEN_SIGNING_KEY', 'not a key!'],
    ['a short cursor key', 'CURSOR_KEY', 'c2hvcnQ'],
    ['a short pepper', 'PASSWORD_PEPPER', 'tiny-pepper'],
    ['a short operators’ token', 'OPS_TOKEN', 'tiny-token'],
    ['a short token for scrapes', 'METRICS_TOKEN', 'tiny-token'],
    ['a readonly login that is no URL of PostgreSQL', 'READONLY_DATABASE_URL', 'mysql://user:secret@host/x'],
    ['an operators’ token that no header can carry', 'OPS_TOKEN', 'sixteen characters and spaces'],
  ])('refuses %s, and does not repeat it', (_what, name, value) => {
    const problems = problemsOf({ [name]: value });
    expect(problems).toEqual([expect.stringMatching(`^${name}: `)]);
    expect(problems[0]).not.toContain(value);
  });

  test('looks as the role of READONLY_DATABASE_URL, else as the application’s, and tells alerts to nobody', () => {
    const readonlyUrl = 'postgresql://plinth_readonly:secret@127.0.0.1:5432/plinth';
    const webhook = { ALERT_WEBHOOK_URL: 'https://example.com/alerts', MONITORING_INTERVAL: '5s' };
    const own = parseConfig({ ...COMPLETE, ...webhook, READONLY_DATABASE_URL: readonlyUrl }).monitoring;
    expect(own).toMatchObject({ readonlyUrl, seesAll: true, intervalMs: 5_000 });
    expect(JSON.stringify(own)).not.toContain('example.com');
    expect(parseConfig(COMPLETE).monitoring).toMatchObject({
      readonlyUrl: COMPLETE.DATABASE_URL,
      seesAll: false,
    });
    expect(problemsOf({ MONITORING_INTERVAL: '500ms', ADMIN_PORT: '70000' })).toHaveLength(2);
  });

  test('wants keys that open encrypted fields', () => {
    expect(problemsOf({ FIELD_KEYS: '' })).toEqual([expect.stringMatching(/^FIELD_KEYS: not set/)]);
    expect(problemsOf({ FIELD_KEYS: '1:short' })).toEqual([expect.stringMatching(/^FIELD_KEYS: /)]);
  });

  test.each([
    ['a proxy that is no address', 'TRUSTED_PROXIES', 'loopback, everywhere'],
    ['a network of no bits', 'TRUSTED_PROXIES', '0.0.0.0/0'],
    ['an application address with a query', 'APP_URL', 'https://app.example.com/?a=1'],
    ['a sender with a line break', 'MAIL_FROM', 'Plinth <a@b.example>\r\nBcc: x@y.example'],
  ])('refuses %s', (_what, name, value) => {
    expect(problemsOf({ [name]: value })).toEqual([expect.stringMatching(`^${name}: `)]);
  });

  test('takes providers whole, with their page to return to, over https in production', () => {
    const github = { OAUTH_GITHUB_CLIENT_ID: 'id', OAUTH_GITHUB_CLIENT_SECRET: 'secret' };
    const page = { OAUTH_REDIRECT_URL: 'https://app.example.com/signed-in' };
    expect(problemsOf({ ...github })).toEqual([expect.stringMatching(/^OAUTH_REDIRECT_URL: not set/)]);
    expect(problemsOf({ OAUTH_GITHUB_CLIENT_ID: 'id', ...page })).toEqual([
      expect.stringMatching(/^OAUTH_GITHUB_CLIENT_SECRET: not set/),
    ]);
    const plain = { ...github, ...page, OAUTH_GITHUB_TOKEN_URL: 'http://github.example/token' };
    expect(problemsOf({ ...plain, NODE_ENV: 'production' })).toEqual([
      expect.stringMatching(/^OAUTH_GITHUB_TOKEN_URL: .* is not https$/),
    ]);
    const { oauth } = parseConfig({ ...COMPLETE, ...github, ...page });
    expect(Object.keys(oauth.providers)).toEqual(['github']);
    expect(oauth.providers.github?.userUrl).toBe('https://api.github.com/user');
    expect(Object.keys(parseConfig(COMPLETE).oauth.providers)).toEqual([]);
  });

  test('puts mail under PLINTH_HOME unless told where', () => {
    expect(parseConfig({ ...COMPLETE, PLINTH_HOME: '/srv/plinth' }).mail.outbox).toBe('/srv/plinth/outbox');
    expect(parseConfig({ ...COMPLETE, MAIL_OUTBOX: '/var/spool/x' }).mail.outbox).toBe('/var/spool/x');
  });
});
