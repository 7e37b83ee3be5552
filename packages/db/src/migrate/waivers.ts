/** A difference that a migration's author declares: `-- verify-ignore <kind> <name>: <reason>`. */
export interface Waiver {
  /** `<kind> <name>`, as verify prints it. */
  readonly subject: string;
  readonly reason: string;
}

/** Reads the waivers of a migration's files; one without a reason counts for nothing. */
export function readWaivers(...files: readonly (string | undefined)[]): Waiver[] {
  return files.flatMap((text) =>
    [...(text ?? '').matchAll(/^\s*--\s*verify-ignore\s+(.+?):[ \t]+(\S.*)$/gm)].map(
      ([, subject = '', reason = '']) => ({
        subject: subject.trim(),
        reason: reason.trim(),
      }),
    ),
  );
}
