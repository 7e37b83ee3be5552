/**
 * A URL as it may be stored: without credentials, query and fragment, and without path segments that look like secrets
 * (chat services put their tokens there). What is no URL becomes `invalid`.
 */
export function redactUrl(url: string): string {
  if (!URL.canParse(url)) return 'invalid';
  const { protocol, host, pathname } = new URL(url);
  const path = pathname
    .split('/')
    .map((segment) => (/^(?=.*\d)[\w.~%+=-]{16,}$/.test(segment) || segment.length > 64 ? '***' : segment))
    .join('/');
  return `${protocol}//${host}${path}`.slice(0, 2_048);
}
