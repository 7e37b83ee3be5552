/**
 * A broken promise. lost: acknowledged and not there; duplicated: there more than once; phantom: there though it was
 * reported as failed; audit: data and audit log differ; foreign: somebody saw or owns another user's row; event: a
 * webhook event without its row or the other way round; readiness: /ready said what was not so; recovery: not back in
 * time; crash: a process ended that nobody had ended; command: a command did not do what it says.
 */
export type ViolationKind =
  | 'lost'
  | 'duplicated'
  | 'phantom'
  | 'audit'
  | 'foreign'
  | 'event'
  | 'readiness'
  | 'recovery'
  | 'crash'
  | 'command';

export interface Violation {
  readonly kind: ViolationKind;
  /** What exactly, with the marker or request id to look for. */
  readonly detail: string;
}
