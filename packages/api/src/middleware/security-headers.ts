import type { IncomingMessage, ServerResponse } from 'node:http';
import helmet from 'helmet';

/**
 * Headers that tell browsers to do less. The policy is written out: helmet's own has `upgrade-insecure-requests`
 * and HSTS, which break plain http on a host that is not localhost. HSTS is for production, behind TLS.
 * Helmet is asked once: none of its headers depends on the request, and its dozen of nested calls would be most of
 * what a small request costs before its handler.
 */
export function createSecurityHeaders(production: boolean): (response: ServerResponse) => void {
  const secure = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        objectSrc: ["'none'"],
      },
    },
    // As frame-ancestors says it to newer browsers.
    xFrameOptions: { action: 'deny' },
    strictTransportSecurity: production ? { maxAge: 15_552_000, includeSubDomains: false } : false,
  });
  const headers: [string, string][] = [];
  const recorder = {
    setHeader: (name: string, value: string) => headers.push([name, value]),
    removeHeader: () => undefined,
  };
  secure({} as IncomingMessage, recorder as unknown as ServerResponse, (error) => {
    if (error) throw error;
  });
  return (response) => {
    for (const [name, value] of headers) response.setHeader(name, value);
  };
}
