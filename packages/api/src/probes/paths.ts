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

/** The probe that a request's URL means, with any query and trailing slash; undefined when it means none. */
export function probeOf(url: string): string | undefined {
  const path = url.split('?', 1)[0] ?? '';
  return CANONICAL[path.length > 1 ? path.replace(/\/$/, '') : path];
}
