/** Environment variables whose values must never be printed. */
const secretName = /PASSWORD|SECRET|TOKEN|PEPPER|_KEYS?$/;

/**
 * Makes the function that takes secrets out of a text: passwords of URLs of any kind, `password=...`, and the
 * very values of secret environment variables. The single exit calls it on everything that leaves.
 */
export function createRedact(env: Readonly<Record<string, string | undefined>>): (text: string) => string {
  const values = Object.entries(env)
    .filter(([name, value]) => secretName.test(name) && (value?.length ?? 0) >= 6)
    .map(([, value]) => value as string)
    .sort((a, b) => b.length - a.length);
  return (text) => {
    const hidden = values.reduce((rest, value) => rest.replaceAll(value, '***'), text);
    return hidden
      .replace(/([a-z][a-z0-9+.-]*:\/\/[^\s:@/?#]*):[^\s"'`]*@/gi, '$1:***@')
      .replace(/\b((?:pg)?password)=[^\s&"'`]+/gi, '$1=***');
  };
}
