/** Who acts in a transaction; row security and audit read it from the transaction's settings. */
export interface Actor {
  /** `user`: a signed-in person; `api_key`: a program on a user's behalf; `system`: Plinth itself. */
  readonly type: 'user' | 'api_key' | 'system';
  /** The user whose rights apply; absent for the system. */
  readonly userId?: string;
  /** For api_key the key's id, for system the name of the job. */
  readonly id?: string;
  readonly requestId?: string;
}

/** Statement and parameters that tell the transaction who acts; undone by its end. */
export const SET_ACTOR =
  "select set_config('app.user_id', $1, true), set_config('app.actor_type', $2, true), set_config('app.actor_id', $3, true), set_config('app.request_id', $4, true)";

/** The parameters of SET_ACTOR. */
export function actorSettings(actor: Actor): [string, string, string, string] {
  return [actor.userId ?? '', actor.type, actor.id ?? actor.userId ?? '', actor.requestId ?? ''];
}
