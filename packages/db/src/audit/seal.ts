import type { Sql } from '../sql.js';

/**
 * Seals every audit row that is final: those of transactions older than the oldest one still running. Needs the
 * worker's role. Returns how many rows; 0 also when another sealer is at work. Writers never wait for it.
 */
export async function sealAudit(sql: Pick<Sql, 'one'>, maxRowsPerSeal = 100_000): Promise<number> {
  const { sealed } = await sql.one<{ sealed: number }>('select audit.seal($1)::float8 as sealed', [
    maxRowsPerSeal,
  ]);
  return sealed;
}
