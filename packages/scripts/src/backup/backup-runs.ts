import { withClient } from '@plinth/db';

/** Writes the table that the API and the dashboard read. The manifests in the store are the truth; this is a copy. */
export interface RunRecorder {
  started(backupId: string, startedAt: Date, note: string | null): Promise<void>;
  succeeded(backupId: string, sizes: { storedBytes: number; plainBytes: number }): Promise<void>;
  failed(backupId: string, status: 'failed' | 'cancelled', errorCode: string): Promise<void>;
  /** Runs that died without a word, found by what they left behind. */
  killed(backupIds: readonly string[]): Promise<void>;
  verified(backupId: string, level: number, at: Date): Promise<void>;
}

/** The note of scheduled runs. */
export const SCHEDULED_NOTE = 'scheduled';

/**
 * When the newest scheduled run that failed began; undefined where none did, or where it cannot be read. It waits for
 * its next time, also when another process looks. A run that was killed or cancelled does not count: it is made again.
 */
export async function lastFailureAt(url: string): Promise<Date | undefined> {
  const asked = withClient(url, async (client) => {
    const { rows } = await client.query<{ at: Date | null }>(
      `SELECT max(started_at) AS at FROM backup_runs WHERE status = 'failed' AND note = $1 AND error_code <> 'killed'`,
      [SCHEDULED_NOTE],
    );
    return rows[0]?.at ?? undefined;
  });
  // Nothing to read is no reason not to make a backup.
  return await asked.catch(() => undefined);
}

/**
 * Records runs in backup_runs, as a role that may write it (worker or application). A database that cannot be written
 * must not stop a backup: `say` is told instead.
 */
export function createRunRecorder(url: string, say: (line: string) => void): RunRecorder {
  const write = async (text: string, values: unknown[]) => {
    try {
      await withClient(url, async (client) => void (await client.query(text, values)));
    } catch (error) {
      say(`the run is not recorded in backup_runs: ${(error as Error).message}`);
    }
  };
  return {
    started: (id, at, note) =>
      write(
        'INSERT INTO backup_runs (backup_id, started_at, note) VALUES ($1, $2, $3) ON CONFLICT (backup_id) DO NOTHING',
        [id, at, note],
      ),
    succeeded: (id, { storedBytes, plainBytes }) =>
      write(
        `UPDATE backup_runs SET status = 'succeeded', finished_at = now(), stored_bytes = $2, plain_bytes = $3, verified = 2, verified_at = now()
         WHERE backup_id = $1`,
        [id, storedBytes, plainBytes],
      ),
    failed: (id, status, errorCode) =>
      write(
        'UPDATE backup_runs SET status = $2::backup_run_status, finished_at = now(), error_code = $3 WHERE backup_id = $1',
        [id, status, errorCode],
      ),
    killed: (ids) =>
      write(
        `UPDATE backup_runs SET status = 'failed', finished_at = now(), error_code = 'killed' WHERE backup_id = ANY ($1) AND status = 'running'`,
        [ids],
      ),
    verified: (id, level, at) =>
      write(
        'UPDATE backup_runs SET verified = $2, verified_at = $3 WHERE backup_id = $1 AND coalesce(verified, -1) <= $2',
        [id, level, at],
      ),
  };
}
