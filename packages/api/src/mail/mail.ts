/** A letter to one person. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  /** Plain text, lines ended by \n. */
  readonly text: string;
}

/** What carries letters. A failure is its own to report: whoever asked must not learn from it who has an account. */
export interface Mailer {
  send(mail: Mail): Promise<void>;
}
