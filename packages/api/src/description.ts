// What programs outside may use of the API without running it: the tools that write the reference and the client, and
// the bench, whose rivals check the same tokens and cursors.
export { createAccessTokens } from './auth/access-tokens.js';
export { createCursors } from './cursor.js';
export { CATALOGUE } from './errors.js';
export { createOpenApiDocument } from './openapi.js';
export type { RouteFacts } from './route.js';
export { routes } from './routes.js';
