import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import {
  checks,
  defaultThresholds,
  parseMonitorConfig,
  prometheusRules,
} from '../../../packages/db/src/monitor.js';

const folder = join(import.meta.dirname, '../../../deploy/prometheus');
const text = readFileSync(join(folder, 'rules.yml'), 'utf8');

interface Rule {
  alert: string;
  expr: string;
  for: string;
  recovery: string;
  check: string | undefined;
  severity: string;
}

/** The rules as they stand in the file, which knows one form of rule and no other line. */
function parseRules(file: string): Rule[] {
  const lines = file
    .split('\n')
    .filter((line) => !/^(#.*|groups:| {2}- name: [\w-]+| {4}rules:|)$/.test(line));
  const rules: Rule[] = [];
  const form =
    /^ {6}- alert: (\w+)\n {8}expr: '((?:[^']|'')+)'\n {8}for: (\d+m?s)\n {8}keep_firing_for: (\d+m?s)\n {8}labels: \{ (?:check: ([\w-]+), )?severity: (\w+) \}\n {8}annotations: \{ summary: '(?:[^']|'')+' \}$/;
  for (let at = 0; at < lines.length; at += 6) {
    const [whole, alert = '', expr = '', held = '', recovery = '', check, severity = ''] =
      form.exec(lines.slice(at, at + 6).join('\n')) ?? [];
    if (whole === undefined) throw new Error(`no rule at: ${lines[at]}`);
    rules.push({ alert, expr: expr.replaceAll("''", "'"), for: held, recovery, check, severity });
  }
  return rules;
}
const rules = parseRules(text);
const limitsOf = (check: string) =>
  rules
    .filter((rule) => rule.check === check && rule.alert !== 'PlinthNoBackup')
    .map(({ severity, expr }) => [severity, Number(/(?:>=|<|==) ([\d.]+)(?: and |$)/.exec(expr)?.[1])]);

describe('deploy/prometheus/rules.yml', () => {
  test('is what the monitor’s thresholds say', () => {
    // Where it is not: pnpm docs:rules.
    expect(text).toBe(prometheusRules(parseMonitorConfig({})));
  });

  test('has a rule for everything that the monitor alerts on, and for no check that does not exist', () => {
    const told = rules.flatMap(({ check, expr }) => [
      ...(check === undefined ? [] : [check]),
      ...(/plinth_check_status\{check=~"([^"]+)"/.exec(expr)?.[1]?.split('|') ?? []),
    ]);
    expect([...new Set(told)].sort()).toEqual(['database-down', ...checks.map(({ id }) => id)].sort());
  });

  test('begins to warn where the check does, in the units of the metric', () => {
    const t = defaultThresholds;
    const both = (warning: number, critical: number) => [
      ['warning', warning],
      ['critical', critical],
    ];
    const expected: Record<string, unknown> = {
      'database-down': [['critical', 0]],
      'blocked-sessions': both(t.blockedWarningMs / 1_000, t.blockedCriticalMs / 1_000),
      'long-transactions': both(t.transactionWarningMs / 1_000, t.transactionCriticalMs / 1_000),
      connections: both(t.connectionsWarningRatio, t.connectionsCriticalRatio),
      'disk-space': both(t.diskFreeWarningRatio, t.diskFreeCriticalRatio),
      wraparound: both(t.wraparoundWarningRatio, t.wraparoundCriticalRatio),
      'xmin-horizon': both(t.xminAgeWarning, t.xminAgeCritical),
      'backups-stale': both(t.backupAgeWarningMs / 1_000, t.backupAgeCriticalMs / 1_000),
      'cache-hit': [['warning', t.cacheHitRatio]],
      'temp-files': [['warning', t.tempBytesPerHour]],
      checkpoints: [['warning', t.checkpointRequestedRatio]],
      sequences: both(t.sequenceWarningRatio, t.sequenceCriticalRatio),
    };
    const measured = [...new Set(rules.flatMap(({ check }) => (check === undefined ? [] : [check])))];
    expect(Object.fromEntries(measured.map((check) => [check, limitsOf(check)]))).toEqual(expected);
  });

  test('waits and recovers as the alerts do', () => {
    const { forMs, recoveryMs } = parseMonitorConfig({}).alerts;
    for (const rule of rules.filter(({ alert }) => alert !== 'PlinthSlowOperation'))
      expect([rule.for, rule.recovery]).toEqual([`${forMs / 1_000}s`, `${recoveryMs / 1_000}s`]);
  });

  test('follows the settings that move thresholds, times and the least severity', () => {
    const moved = parseMonitorConfig({
      ALERT_BLOCKED_CRITICAL: '90s',
      ALERT_FOR: '5m',
      ALERT_RECOVERY: '1500ms',
      ALERT_SEVERITY: 'critical',
    });
    const own = parseRules(prometheusRules(moved));
    expect(own.find(({ check }) => check === 'blocked-sessions')?.expr).toMatch(/>= 90$/);
    expect(new Set(own.map((rule) => rule.recovery))).toEqual(new Set(['1500ms']));
    expect(own[0]?.for).toBe('300s');
    expect(new Set(own.map(({ severity }) => severity))).toEqual(new Set(['critical']));
  });
});

test('the example scrapes the job that the rules name, and loads them', () => {
  const example = readFileSync(join(folder, 'prometheus.yml'), 'utf8');
  expect(example).toContain('rule_files: [rules.yml]');
  const job = /up\{job="(\w+)"\}/.exec(text)?.[1];
  expect(example).toContain(`job_name: ${job}\n`);
});

const installed = spawnSync('promtool', ['--version']).status === 0;
(installed ? describe : describe.skip)('promtool', () => {
  test.each([
    ['accepts the rules', ['check', 'rules', 'rules.yml']],
    ['accepts the example', ['check', 'config', '--syntax-only', 'prometheus.yml']],
    ['finds that the rules fire when they should and not before', ['test', 'rules', 'rules.test.yml']],
  ])('%s', (_what, args) => {
    const { status, stdout, stderr } = spawnSync('promtool', args, { cwd: folder, encoding: 'utf8' });
    expect({ status, said: stdout + stderr }).toMatchObject({
      status: 0,
      said: expect.stringContaining('SUCCESS'),
    });
  });
});
