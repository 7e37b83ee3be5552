/** A command as texts name it: `plinth backup list`, but not `plinth backup` alone, which is also what sessions are called. */
const COMMAND =
  /(?<!pnpm )\bplinth (?=(?:up|down|worker|validate|health|monitor)\b|(?:db|migrate|seed|backup|audit|keys|users) [a-z])/g;

/**
 * Makes the function that writes commands as the reader has to type them. Texts say `plinth ...`: that is on PATH in the
 * image and after a global link. Whoever runs the command line from source, in a checkout, has `pnpm plinth ...`.
 */
export function createAsTyped(fromSource: boolean): (text: string) => string {
  return fromSource ? (text) => text.replace(COMMAND, 'pnpm plinth ') : (text) => text;
}
