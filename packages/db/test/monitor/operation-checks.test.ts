import { expect } from '@jest/globals';
import { describeCases } from './check-fixture.js';

const LATE =
  "insert into audit.audit_log (action, entity, actor_type, actor_id, occurred_at) values ('event', 'test', 'system', 'test', $$AT$$)";

describeCases([
  {
    id: 'backups-stale',
    async plant({ run }) {
      await run(
        "insert into backup_runs (backup_id, status, started_at, finished_at) values ('a', 'succeeded', now() - interval '40 h', now() - interval '39 h')",
        "insert into backup_runs (backup_id, status, started_at, finished_at) values ('b', 'failed', now() - interval '10 h', now() - interval '9 h')",
      );
      return {
        object: 'backups',
        finding: { severity: 'warning', evidence: expect.objectContaining({ failedSince: 1 }) },
      };
    },
  },
  {
    id: 'migrations',
    async plant({ run }) {
      await run("update _prisma_migrations set checksum = 'other' where migration_name like '%_identity'");
      return {
        object: '20261121000200_identity',
        finding: { evidence: expect.objectContaining({ state: 'edited' }) },
      };
    },
  },
  {
    id: 'migrations',
    async plant({ run }) {
      await run("delete from _prisma_migrations where migration_name like '%_audit'");
      return {
        object: '20261121001000_audit',
        finding: { evidence: expect.objectContaining({ state: 'pending' }) },
      };
    },
  },
  {
    id: 'migrations',
    async plant({ run }) {
      await run("update _prisma_migrations set finished_at = null where migration_name like '%_audit'");
      return {
        object: '20261121001000_audit',
        finding: { severity: 'critical', evidence: expect.objectContaining({ state: 'failed' }) },
      };
    },
  },
  {
    id: 'audit-seals',
    async plant({ run }) {
      await run(LATE.replace('$$AT$$', "now() - interval '3 h'"));
      return {
        object: 'audit.audit_log',
        finding: { evidence: expect.objectContaining({ lastSealAt: null }) },
      };
    },
  },
  {
    id: 'default-partition-rows',
    async plant({ run }) {
      await run(LATE.replace('$$AT$$', "'2001-01-01'"));
      return {
        object: 'audit.audit_log_default',
        finding: { evidence: { parent: 'audit.audit_log', rows: 1 } },
      };
    },
  },
  {
    id: 'settings',
    async plant({ admin }) {
      const { name } = await admin.one<{ name: string }>('select current_database() as name');
      await admin.none(`alter database ${name} set track_io_timing = off`);
      return { object: 'track_io_timing' };
    },
    isOfTheTestServer: ({ object }) => ['fsync', 'full_page_writes', 'synchronous_commit'].includes(object),
  },
]);
