import type { SeedRow } from './scenario.js';

/** The columns that say when and by whom a row was made. */
export function stamps(at: string, by: string | null = null): SeedRow {
  return { created_at: at, updated_at: at, created_by: by, updated_by: by };
}
