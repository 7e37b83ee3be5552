export type { Actor } from './actor.js';
export { type ErasedRows, erasePerson } from './audit/erase-person.js';
export {
  type AuditWriter,
  type DataAccess,
  recordAccess,
  recordSecurityEvent,
  type SecurityEvent,
} from './audit/events.js';
export type { AuditFinding, TamperKind } from './audit/findings.js';
export { type AuditHead, exportAuditHeads, parseAuditHeads } from './audit/heads.js';
export {
  archiveAuditMonth,
  dropArchivedAuditMonth,
  ensureAuditPartitions,
  expiredAuditMonths,
  type Month,
  strayAuditRows,
} from './audit/retention.js';
export { sealAudit } from './audit/seal.js';
export { type AuditReport, verifyAudit } from './audit/verify.js';
export {
  bootstrapDatabase,
  createDatabase,
  dropDatabase,
  LOGIN_ROLES,
  type LoginRole,
  type RolePasswords,
  urlFor,
  withClient,
} from './bootstrap.js';
export {
  type Cache,
  type CacheOptions,
  type CacheStatus,
  createCache,
  type DropRule,
} from './cache/cache.js';
export type { Announcement, CacheTopic, Invalidations } from './cache/invalidations.js';
export { listenOnPostgres } from './cache/listen-postgres.js';
export { listenOnRedis, relayInvalidations } from './cache/listen-redis.js';
export { clearDatabase } from './clear.js';
export type { QueryEvent } from './client.js';
export {
  type DatabaseConfig,
  databaseUrlFrom,
  databaseUrlProblem,
  isLocalHost,
  isPem,
  mustVerifyTls,
  parseDatabaseConfig,
  readDatabaseConfig,
  type SslMode,
} from './config.js';
export { createBlindIndex } from './crypto/blind-index.js';
export { ENCRYPTED_FIELDS, type EncryptedField, type EncryptedTable } from './crypto/encrypted-fields.js';
export { createFieldCipher, type FieldCipher, type PlainFields } from './crypto/field-cipher.js';
export { type KeyRing, parseFieldKeys } from './crypto/key-ring.js';
export { hashPassword, MAX_PASSWORD_LENGTH, needsRehash, verifyPassword } from './crypto/password.js';
export { readFieldKeys } from './crypto/read-field-keys.js';
export { type KeyUse, keyUses, type RotationResult, rotateFieldKeys } from './crypto/rotate-keys.js';
export { newRowId } from './crypto/row-id.js';
export { type ConnectionStatus, type Database, type OpenOptions, openDatabase } from './database.js';
export { ConfigError, type Env, type EnvReader, parseDurationMs, parseEnv } from './env.js';
export { DatabaseError, type DatabaseErrorCode, PlinthError, translateError } from './errors.js';
export type * from './generated/prisma/client.js';
export { Prisma, type PrismaClient } from './generated/prisma/client.js';
export * from './generated/prisma/enums.js';
export type { ActorHandle, Handle, SqlTransaction } from './handle.js';
export { type HealthFacts, readHealthFacts } from './health.js';
export type { IdempotencyKey } from './idempotency.js';
export {
  type InitializeOptions,
  type InitializeResult,
  initializeDatabase,
  MIGRATIONS_DIR,
  writeHealthCheck,
} from './initialize.js';
export { enqueueJob, type JobPayloads } from './jobs/enqueue-job.js';
export { publishEvent } from './jobs/publish-event.js';
export { emptyOf } from './known-shape.js';
export {
  createLimiter,
  type Limiter,
  type LimitResult,
  type LimitRule,
  type LimitStore,
} from './limits/limiter.js';
export { LINT_RULES, lintDatabase } from './lint/lint-database.js';
export type { LintFinding, LintLevel } from './lint/rule.js';
export { createHistogram, type DatabaseMetrics, type Histogram, type HistogramRecorder } from './metrics.js';
export { openRedis } from './open-redis.js';
export {
  type CallRecord,
  createOutbound,
  type Outbound,
  type OutboundAnswer,
  type OutboundCall,
  type OutboundOptions,
} from './outbound/outbound.js';
export { OutboundError, type OutboundErrorCode } from './outbound/outbound-error.js';
export { isPublicAddress } from './outbound/public-address.js';
export { recordCalls } from './outbound/record-calls.js';
export type { PoolEvent, PoolStatus } from './pool.js';
export {
  artists,
  communityListItems,
  communityListSubscriptions,
  communityLists,
  contentReports,
  moderationActions,
  userArtistBlocks,
} from './repositories/blocklist.js';
export type { Cursor, Page } from './repositories/definition.js';
export { type CampaignProgress, campaignMembers, campaigns, contributions } from './repositories/giving.js';
export {
  apiKeys,
  emailVerificationTokens,
  findApiKey,
  findEmailVerification,
  findOauthAccount,
  findPasswordReset,
  findSession,
  oauthAccounts,
  passwordResetTokens,
  roleAssignments,
  roles,
  sessions,
  tokenBlacklist,
  users,
} from './repositories/identity.js';
export {
  businessClassifications,
  businesses,
  complianceChecks,
  riskAssessments,
} from './repositories/kyb.js';
export type { Changes, CreateInput, Row, Where } from './repositories/model-types.js';
export {
  alerts,
  backupRuns,
  externalServiceCalls,
  healthChecks,
  idempotencyKeys,
  metricSnapshots,
  webhookEvents,
  webhooks,
} from './repositories/operations.js';
export { MAX_LIMIT } from './repositories/reads.js';
export type { ListOptions, Repository } from './repositories/repository.js';
export { conversationParticipants, conversations, messages } from './repositories/social.js';
export { currentRequestContext, type RequestContext, withRequestContext } from './request-context.js';
export { type RetryOptions, retry } from './retry.js';
export { type RetryRule, retryRule } from './retry-policy.js';
export { expectedRights, formatRights, RIGHTS_FILE, readRights } from './rights.js';
export { quoteIdentifier, type Sql, type SqlParameter } from './sql.js';
export type { SqlTransactionOptions } from './sql-transaction.js';
export { STANDARD_ROLES } from './standard-roles.js';
export type { Transaction, TransactionOptions } from './transaction.js';
