/** A user of the system, signed in; two clients act for each. */
export interface Person {
  /** Their number, which every marker names. */
  readonly index: number;
  readonly id: string;
  readonly email: string;
  /** The Authorization header; renewed in time. */
  authorization: string;
  /** A block that both clients change, so that they meet. */
  sharedRow: string | undefined;
}
