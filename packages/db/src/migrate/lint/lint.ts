import { join } from 'node:path';
import { PlinthError } from '../../errors.js';
import { compareNames, type MigrationFile, readMigrationFolder } from '../folder.js';
import { ScriptFailure } from '../script-failure.js';
import { parseScript, type Script } from '../split.js';
import { endOf, type Ignore, readIgnores } from './ignores.js';
import type { LintedMigration, Severity } from './rule.js';
import { RULES } from './rules.js';
import { runSquawk, severityOf } from './squawk.js';

/** Something to look at before this migration is released. */
export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  readonly migration: string;
  /** Absolute. */
  readonly path: string;
  /** Both from 1. */
  readonly line: number;
  readonly column: number;
  /** Of the statement it is about, from 1; null for the whole file. */
  readonly statement: number | null;
  readonly message: string;
  readonly fix: string;
}

export interface LintReport {
  readonly findings: readonly Finding[];
  /** Findings that a comment with a reason sets aside. */
  readonly ignored: readonly (Finding & { readonly reason: string })[];
  /** Names of the migrations looked at. */
  readonly migrations: readonly string[];
}

export interface LintOptions {
  readonly migrationsDir: string;
  /** Names to look at; all unless given. The others are known, so that a rule sees what is there already. */
  readonly only?: readonly string[];
  /** Names that are applied or in the base revision: a new migration must come after all of them. */
  readonly known?: readonly string[];
  /** Names of `known` whose migration.sql is not what it was there. */
  readonly edited?: readonly string[];
  readonly pgMajor?: number;
}

/** Lints a migrations folder: squawk's rules and ours. Throws `squawk_missing`. Needs no database. */
export async function lintMigrations(options: LintOptions): Promise<LintReport> {
  const files = await readMigrationFolder(options.migrationsDir);
  const asked = files.filter((file) => options.only?.includes(file.name) ?? true);
  const known = new Set(options.known ?? []);
  const newest = [...known].sort(compareNames).at(-1) ?? null;
  const parsed = new Map<string, LintedMigration | Finding>();
  for (const file of files) parsed.set(file.name, await parseMigration(file));
  const squawk = await squawkFindings(asked, parsed, options.pgMajor);

  const report = { findings: [] as Finding[], ignored: [] as (Finding & { reason: string })[] };
  for (const file of asked) {
    const migration = parsed.get(file.name);
    if (migration === undefined) continue;
    if (!('up' in migration)) {
      report.findings.push(migration);
      continue;
    }
    const earlier = [...parsed.values()].filter(
      (other) => 'up' in other && compareNames(other.name, file.name) < 0,
    );
    const input = {
      migration,
      earlier: earlier as LintedMigration[],
      newest: known.has(file.name) ? null : newest,
    };
    const ours = RULES.flatMap((rule) =>
      [...rule.check(input)].map(
        ({ statement, message, line, file: part = 'migration.sql' }): Finding => ({
          rule: rule.name,
          severity: rule.severity,
          migration: file.name,
          path: join(file.path, part),
          line: line ?? statement?.line ?? 1,
          column: 1,
          statement: statement?.number ?? null,
          message,
          fix: rule.fix,
        }),
      ),
    );
    const saidBetter = ({ rule, statement }: Finding) =>
      ours.some(
        (other) =>
          other.statement === statement &&
          RULES.find(({ name }) => name === other.rule)?.instead?.includes(rule),
      );
    const theirs = (squawk.get(file.name) ?? []).filter((finding) => !saidBetter(finding));
    const found = [...(options.edited?.includes(file.name) ? [editedFinding(file)] : []), ...theirs, ...ours];
    judge(file, migration, found, report);
  }
  const byPlace = (a: Finding, b: Finding) =>
    compareNames(a.path, b.path) || a.line - b.line || compareNames(a.rule, b.rule);
  return {
    findings: report.findings.sort(byPlace),
    ignored: report.ignored.sort(byPlace),
    migrations: asked.map(({ name }) => name),
  };
}

async function parseMigration(file: MigrationFile): Promise<LintedMigration | Finding> {
  let part = 'migration.sql';
  try {
    const up = await parseScript(file.sql, `${file.name}/${part}`);
    part = 'down.sql';
    const down = file.down === undefined ? undefined : await parseScript(file.down, `${file.name}/${part}`);
    return { name: file.name, up, down };
  } catch (error) {
    if (!(error instanceof PlinthError)) throw error;
    const { line, column } = error instanceof ScriptFailure ? error : { line: 1, column: 1 };
    const message = (error.message.split('\n')[0] ?? '').replace(/^\S+: /, '');
    const fix = error.fix ?? 'correct the file';
    return {
      ...place(file, part),
      line: line ?? 1,
      column: column ?? 1,
      rule: 'unreadable',
      severity: 'critical',
      statement: null,
      message,
      fix,
    };
  }
}

const place = (file: MigrationFile, part: string) => ({
  migration: file.name,
  path: join(file.path, part),
  column: 1,
});

/** A file that the runner takes statement by statement is not one transaction for squawk either. */
async function squawkFindings(
  files: readonly MigrationFile[],
  parsed: ReadonlyMap<string, LintedMigration | Finding>,
  pgMajor: number | undefined,
): Promise<Map<string, Finding[]>> {
  const found = new Map<string, Finding[]>();
  for (const inTransaction of [true, false]) {
    const chosen = files.filter(({ name }) => {
      const migration = parsed.get(name);
      return migration !== undefined && 'up' in migration && migration.up.stepwise !== inTransaction;
    });
    const paths = new Map(chosen.map((file) => [join(file.path, 'migration.sql'), file]));
    const list = await runSquawk({
      files: [...paths.keys()],
      inTransaction,
      ...(pgMajor === undefined ? {} : { pgMajor }),
    });
    for (const { path, rule, line, column, message, help } of list) {
      const file = paths.get(path);
      const migration = file && parsed.get(file.name);
      if (file === undefined || migration === undefined || !('up' in migration)) continue;
      const statement = migration.up.statements.find((statement) => endOf(statement) >= line);
      const finding: Finding = {
        rule,
        severity: severityOf(rule),
        migration: file.name,
        path,
        line,
        column,
        statement: statement?.number ?? null,
        message,
        fix: help ?? 'see https://squawkhq.com/docs/rules',
      };
      found.set(file.name, [...(found.get(file.name) ?? []), finding]);
    }
  }
  return found;
}

/** Sets aside what is ignored with a reason; tells ignores without a reason and those that nothing comes of. */
function judge(
  file: MigrationFile,
  migration: LintedMigration,
  found: readonly Finding[],
  report: { findings: Finding[]; ignored: (Finding & { reason: string })[] },
): void {
  const scripts: [string, Script][] = [['migration.sql', migration.up]];
  if (migration.down !== undefined) scripts.push(['down.sql', migration.down]);
  const ignores = scripts.flatMap(([part, script]) =>
    readIgnores(script).map((ignore) => ({ ...ignore, path: join(file.path, part) })),
  );
  const used = new Set<Ignore>();
  for (const finding of found) {
    const ignore = ignores.find(
      (candidate) =>
        candidate.rule === finding.rule &&
        candidate.reason !== '' &&
        candidate.path === finding.path &&
        (finding.statement === null || candidate.statement?.number === finding.statement),
    );
    if (ignore === undefined) report.findings.push(finding);
    else {
      used.add(ignore);
      report.ignored.push({ ...finding, reason: ignore.reason });
    }
  }
  for (const ignore of ignores) {
    if (used.has(ignore)) continue;
    const { path, line, rule } = ignore;
    const about = { migration: file.name, path, line, column: 1, statement: null };
    report.findings.push(
      ignore.reason === ''
        ? {
            ...about,
            rule: 'ignore-without-reason',
            severity: 'critical',
            message: `${rule || 'an ignore'} is ignored without a reason`,
            fix: 'write `-- lint-ignore <rule>: <reason>`',
          }
        : {
            ...about,
            rule: 'unused-ignore',
            severity: 'warning',
            message: `nothing here breaks ${rule}`,
            fix: 'remove the comment',
          },
    );
  }
}

function editedFinding(file: MigrationFile): Finding {
  return {
    ...place(file, 'migration.sql'),
    line: 1,
    rule: 'edited-migration',
    severity: 'critical',
    statement: null,
    message: `${file.name} was changed after it was released`,
    fix: 'restore it, and put the change into a new migration',
  };
}

/** The commands' verdict: nothing, warnings, or something critical. */
export function worstOf(findings: readonly Pick<Finding, 'severity'>[]): Severity | null {
  if (findings.some(({ severity }) => severity === 'critical')) return 'critical';
  return findings.length > 0 ? 'warning' : null;
}
