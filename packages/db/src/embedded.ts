export type { Major as EmbeddedMajor } from './embedded/binaries.js';
export { withFileLock } from './embedded/file-lock.js';
export { isAlive, startTimeOf } from './embedded/process-identity.js';
export { type EmbeddedRole, embeddedRoles, readSecrets, type Secrets } from './embedded/secrets.js';
export {
  type EmbeddedServer,
  type EmbeddedStatus,
  embeddedStatus,
  type StartOptions,
  startEmbedded,
  stopEmbedded,
} from './embedded/server.js';
export { embeddedUrl } from './embedded/url.js';
