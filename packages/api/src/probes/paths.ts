/** The probes and the other names they go by. */
const CANONICAL: Readonly<Record<string, string>> = {
  '/health': '/health',
  '/livez': '/health',
  '/ready': '/ready',
  '/readyz': '/ready',
  '/startup': '/startup',
  '/startupz': '/startup',
  '/health/db': '/health/db',
};

/** With a slash at its end. */
const LONGEST = Math.max(...Object.keys(CANONICAL).map((path) => path.length)) + 1;

/** The probe that a request's URL means, with any query and trailing slash; undefined when it means none. */
export function probeOf(url: string): string | undefined {
  const query = url.indexOf('?');
  const length = query === -1 ? url.length : query;
  // Every request is asked this, and nearly all are no probes.
  if (length > LONGEST) return undefined;
  const path = url.slice(0, length);
  return CANONICAL[path.length > 1 ? path.replace(/\/$/, '') : path];
}
