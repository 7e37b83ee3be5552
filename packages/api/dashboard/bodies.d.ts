// What the API answers, by the names of load.js: a change of a route that the page does not follow fails its type check.
import type { components, paths } from '../src/client/generated/paths.js';

type Answer<Path extends keyof paths> = paths[Path] extends {
  get: { responses: { 200: { content: { 'application/json': infer Body } } } };
}
  ? Body
  : never;

/** A probe's body with the status it came with; the fields differ between good and bad days. */
interface Probe {
  http: number;
  database?: string;
  reason?: string;
  pending?: string[];
}

export interface Bodies {
  metrics: Answer<'/v1/database/metrics'>;
  findings: Answer<'/v1/database/findings'>;
  sessions: Answer<'/v1/database/sessions'>;
  statements: Answer<'/v1/database/statements'>;
  slow: Answer<'/v1/database/statements'>;
  tables: Answer<'/v1/database/tables'>;
  backupRuns: Answer<'/v1/backup-runs'>;
  alerts: Answer<'/v1/alerts'>;
  permissions: Answer<'/v1/me/permissions'>;
  health: Probe;
  ready: Probe;
  startup: Probe;
}

export type Name = keyof Bodies;
export type Finding = components['schemas']['Finding'];
export type LockNode = components['schemas']['LockNode'];
export type Session = Bodies['sessions']['sessions'][number];
export type Point = Bodies['metrics']['history'][number];
