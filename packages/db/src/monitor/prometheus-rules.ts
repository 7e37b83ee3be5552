import type { MonitorConfig } from './config.js';
import { databaseRules } from './prometheus-database-rules.js';
import type { Rule } from './prometheus-rule.js';
import { serviceRules } from './prometheus-service-rules.js';

/**
 * Prometheus's rules for what the monitor alerts on, with its thresholds and times, over the names of /metrics: the
 * text of a rule file. Tested against promtool 2.42, the oldest that knows keep_firing_for.
 */
export function prometheusRules(
  config: Pick<MonitorConfig, 'thresholds' | 'slowQueryMs'> & {
    alerts: Pick<MonitorConfig['alerts'], 'forMs' | 'recoveryMs' | 'minSeverity'>;
  },
): string {
  const { forMs, recoveryMs, minSeverity } = config.alerts;
  const wanted = (rules: Rule[]) =>
    rules.filter(({ severity }) => minSeverity === 'warning' || severity === 'critical');
  const group = (name: string, rules: Rule[]) => [
    `  - name: ${name}`,
    '    rules:',
    ...wanted(rules).flatMap((rule) => [
      `      - alert: ${rule.alert}`,
      `        expr: ${quoted(rule.expr)}`,
      `        for: ${duration(rule.forMs ?? forMs)}`,
      `        keep_firing_for: ${duration(recoveryMs)}`,
      `        labels: { ${rule.check === undefined ? '' : `check: ${rule.check}, `}severity: ${rule.severity} }`,
      `        annotations: { summary: ${quoted(rule.summary)} }`,
    ]),
  ];
  return `${[
    '# Written by `pnpm docs:rules` from the thresholds of packages/db/src/monitor; with thresholds of your own:',
    '# ALERT_BLOCKED_WARNING=10s pnpm plinth monitor --rules > rules.yml',
    'groups:',
    ...group('plinth-database', databaseRules(config)),
    ...group('plinth-service', serviceRules(config)),
  ].join('\n')}\n`;
}

/** A YAML string in single quotes, which knows no escape but the doubled quote. */
const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
/** As Prometheus writes it, which takes whole numbers of milliseconds. */
const duration = (ms: number): string => (ms % 1_000 === 0 ? `${ms / 1_000}s` : `${ms}ms`);
