import { relative } from 'node:path';
import type { Finding, LintReport } from './lint.js';

/** Findings for people, with their places as `path:line:column`, relative to `from`. */
export function formatFindings(report: LintReport, from: string): string {
  const lines = report.findings.flatMap(({ path, line, column, severity, rule, message, fix }) => [
    `${relative(from, path)}:${line}:${column} ${severity} ${rule}: ${message}`,
    `    fix: ${fix}`,
  ]);
  const critical = report.findings.filter(({ severity }) => severity === 'critical').length;
  const warnings = report.findings.length - critical;
  const ignored = report.ignored.length === 0 ? '' : `, ${report.ignored.length} ignored with a reason`;
  const judged = report.migrations.length === 1 ? '1 migration' : `${report.migrations.length} migrations`;
  lines.push(`${judged}: ${critical} critical, ${warnings} warnings${ignored}`);
  return lines.join('\n');
}

/** GitHub's workflow commands: each finding becomes an annotation at its line of the pull request. */
export function formatGithub(report: LintReport, from: string): string {
  return report.findings.map((finding) => annotation(finding, from)).join('\n');
}

/** https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions */
function annotation({ path, line, column, severity, rule, message, fix }: Finding, from: string): string {
  const data = (text: string) => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  const property = (text: string) => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
  const level = severity === 'critical' ? 'error' : 'warning';
  const at = `file=${property(relative(from, path))},line=${line},col=${column},title=${property(rule)}`;
  return `::${level} ${at}::${data(`${message}\nfix: ${fix}`)}`;
}
