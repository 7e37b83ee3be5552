import { expect, test } from '@jest/globals';
import { ConfigError } from '@plinth/db';
import type { Finding } from '../../src/monitor/findings/check.js';
import { ignoreOf } from '../../src/monitor/findings/ignores.js';
import {
  checks,
  defaultThresholds,
  parseIgnores,
  parseMonitorConfig,
  thresholdSettings,
} from '../../src/monitor.js';

test('without settings, the defaults of .env.example', () => {
  expect(parseMonitorConfig({})).toEqual({
    intervalMs: 30_000,
    slowQueryMs: 500,
    maxMetrics: 1000,
    thresholds: defaultThresholds,
    alerts: { forMs: 60_000, recoveryMs: 120_000, minSeverity: 'warning', webhookUrl: undefined },
  });
});

test('every threshold setting moves one threshold', () => {
  const given = {
    MONITORING_INTERVAL: '5s',
    ALERT_WEBHOOK_URL: 'https://example.com/hook',
    ALERT_BLOCKED_WARNING: '2s',
    ALERT_CONNECTIONS_WARNING: '0.5',
    ALERT_TEMP_BYTES_PER_HOUR: '500MB',
    ALERT_XMIN_AGE_WARNING: '1000',
  };
  const { intervalMs, thresholds, alerts } = parseMonitorConfig(given);
  expect(intervalMs).toBe(5_000);
  expect(alerts.webhookUrl).toBe('https://example.com/hook');
  expect(thresholds).toMatchObject({
    blockedWarningMs: 2_000,
    connectionsWarningRatio: 0.5,
    tempBytesPerHour: 500 * 1024 * 1024,
    xminAgeWarning: 1000,
  });
});

test('all problems are reported together, each with its name', () => {
  const wrong = Object.fromEntries(thresholdSettings.map((name) => [name, 'much']));
  try {
    parseMonitorConfig({
      ...wrong,
      MONITORING_INTERVAL: '10ms',
      MAX_METRICS_STORED: '0',
      ALERT_WEBHOOK_URL: 'ftp://x',
    });
    throw new Error('accepted');
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    for (const name of [
      ...thresholdSettings,
      'MONITORING_INTERVAL',
      'MAX_METRICS_STORED',
      'ALERT_WEBHOOK_URL',
    ])
      expect((error as ConfigError).problems.join('\n')).toContain(`${name}: `);
  }
});

test('ids of checks are permanent names, each once', () => {
  const ids = checks.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/);
});

const ids = checks.map(({ id }) => id);
test.each([
  ['{}', 'not a list'],
  ['nonsense', 'not JSON'],
  ['[{"check":"nothing","reason":"r","until":"2027-01-01"}]', 'entry 1: no check "nothing"'],
  ['[{"check":"settings","until":"2027-01-01"}]', 'entry 1: no reason'],
  ['[{"check":"settings","reason":"r"}]', 'entry 1: until is not a date'],
])('an ignore without a check, a reason and an end is refused: %s', (text, message) => {
  expect(() => parseIgnores(text, ids)).toThrow(message);
});

test('an ignore covers its objects until its day', () => {
  const [ignore] = parseIgnores(
    '[{"check":"unused-indexes","object":"public.report_*","reason":"yearly","until":"2027-01-01"}]',
    ids,
  );
  const finding = (object: string) => ({ check: 'unused-indexes', object }) as Finding;
  const covers = (object: string, day: string) =>
    ignoreOf(finding(object), ignore ? [ignore] : [], new Date(day)) !== undefined;
  expect(covers('public.report_idx', '2026-12-31')).toBe(true);
  expect(covers('public.report_idx', '2027-01-01')).toBe(false);
  expect(covers('public.other_idx', '2026-12-31')).toBe(false);
});
