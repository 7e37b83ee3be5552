import { type Check, NOW, repairBy, type Severity } from './check.js';

interface Rule {
  name: string;
  wrong: (value: string) => boolean;
  wanted: string;
  severity: Severity;
  restart?: boolean;
  why: string;
}

const rules: Rule[] = [
  {
    name: 'fsync',
    wrong: (value) => value === 'off',
    wanted: 'on',
    severity: 'critical',
    why: 'after a crash the database may be beyond repair',
  },
  {
    name: 'full_page_writes',
    wrong: (value) => value === 'off',
    wanted: 'on',
    severity: 'critical',
    why: 'a crash in the middle of a page write corrupts the page for good',
  },
  {
    name: 'synchronous_commit',
    wrong: (value) => value === 'off',
    wanted: 'on',
    severity: 'warning',
    why: 'a crash loses the last commits although their callers were told that they are safe',
  },
  {
    name: 'autovacuum',
    wrong: (value) => value === 'off',
    wanted: 'on',
    severity: 'critical',
    why: 'tables grow without end, statistics age, and transaction ids run out',
  },
  {
    name: 'track_counts',
    wrong: (value) => value === 'off',
    wanted: 'on',
    severity: 'critical',
    why: 'autovacuum cannot see where it is needed, and monitoring sees nothing',
  },
  {
    name: 'track_io_timing',
    wrong: (value) => value === 'off',
    wanted: 'on',
    severity: 'info',
    why: 'without it nobody can tell whether a slow query waited for the disk',
  },
  {
    name: 'shared_preload_libraries',
    wrong: (value) => !value.includes('pg_stat_statements'),
    wanted: 'pg_stat_statements',
    severity: 'warning',
    restart: true,
    why: 'no statistics per query: slow ones cannot be found',
  },
  {
    name: 'password_encryption',
    wrong: (value) => value === 'md5',
    wanted: 'scram-sha-256',
    severity: 'warning',
    why: 'MD5 password hashes can be replayed and are removed from PostgreSQL after version 18',
  },
];

/** Settings that put data at risk or leave the operator blind. */
export const settings: Check = {
  id: 'settings',
  title: 'Settings to change',
  tier: 3,
  async run(sql) {
    const rows = await sql.query<{ name: string; setting: string; source: string }>(
      'select name, setting, source from pg_settings where name = any($1)',
      [rules.map(({ name }) => name)],
    );
    return rules.flatMap(({ name, wrong, wanted, severity, restart, why }) => {
      const row = rows.find((candidate) => candidate.name === name);
      if (row === undefined || !wrong(row.setting)) return [];
      return [
        {
          check: 'settings',
          severity,
          object: name,
          summary: `${name} is "${row.setting}"`,
          evidence: { value: row.setting, wanted, source: row.source },
          window: NOW,
          why,
          repair: repairBy(restart ? 'restart' : 'none', [
            `alter system set ${name} = '${wanted}'`,
            ...(restart ? [] : ['select pg_reload_conf()']),
          ]),
        },
      ];
    });
  },
};
