import { expect, test } from '@jest/globals';
import { DatabaseError, Prisma, retryRule, translateError } from '@plinth/db';

const pgError = (code: string) => Object.assign(new Error('canary'), { code, severity: 'ERROR' });
const prismaError = (code: string, originalCode?: string, message = 'canary') =>
  new Prisma.PrismaClientKnownRequestError(message, {
    code,
    clientVersion: '7',
    ...(originalCode
      ? {
          meta: {
            driverAdapterError: { cause: { originalCode, originalMessage: 'canary', detail: 'canary' } },
          },
        }
      : {}),
  });
const plain = (message: string, extra: object = {}) => Object.assign(new Error(message), extra);

/** Every failure that was observed, our code for it, and when it may be retried. */
const cases: [name: string, error: Error, code: string, when: 'always' | 'repeatable' | 'never'][] = [
  ['40001', pgError('40001'), 'serialization', 'always'],
  ['40P01', pgError('40P01'), 'deadlock', 'always'],
  ['P2034', prismaError('P2034', '40001'), 'serialization', 'always'],
  ['P2034 deadlock', prismaError('P2034', '40P01'), 'deadlock', 'always'],
  ['55P03', pgError('55P03'), 'lock_timeout', 'always'],
  ['P2039 55P03', prismaError('P2039', '55P03'), 'lock_timeout', 'always'],
  [
    'refused',
    plain('connect ECONNREFUSED', { code: 'ECONNREFUSED', syscall: 'connect' }),
    'unavailable',
    'always',
  ],
  [
    'DNS',
    plain('getaddrinfo ENOTFOUND', { code: 'ENOTFOUND', syscall: 'getaddrinfo' }),
    'unavailable',
    'always',
  ],
  ['P1001', prismaError('P1001'), 'unavailable', 'always'],
  ['connect timed out', plain('Connection terminated due to connection timeout'), 'unavailable', 'always'],
  [
    'several addresses',
    new AggregateError([plain('x', { code: 'ECONNREFUSED', syscall: 'connect' })]),
    'unavailable',
    'always',
  ],
  ['57P03', pgError('57P03'), 'starting', 'always'],
  ['53300', pgError('53300'), 'too_many_connections', 'always'],
  ['P2037', prismaError('P2037'), 'too_many_connections', 'always'],
  ['25006', pgError('25006'), 'read_only', 'always'],
  ['P2039 25006', prismaError('P2039', '25006'), 'read_only', 'always'],
  ['pool exhausted', plain('timeout exceeded when trying to connect'), 'pool_exhausted', 'never'],
  [
    'P2028 start',
    prismaError(
      'P2028',
      undefined,
      'Transaction API error: Unable to start a transaction in the given time.',
    ),
    'pool_exhausted',
    'never',
  ],
  [
    'P2028 expired',
    prismaError('P2028', undefined, 'Transaction API error: Transaction already closed: timeout 300 ms'),
    'query_timeout',
    'repeatable',
  ],
  ['57P01', pgError('57P01'), 'connection_lost', 'repeatable'],
  ['P2010 57P01', prismaError('P2010', '57P01'), 'connection_lost', 'repeatable'],
  [
    'P2010 reset',
    prismaError('P2010', undefined, 'Server has closed the connection.'),
    'connection_lost',
    'repeatable',
  ],
  ['P1017', prismaError('P1017'), 'connection_lost', 'repeatable'],
  ['terminated', plain('Connection terminated unexpectedly'), 'connection_lost', 'repeatable'],
  [
    'not queryable',
    plain('Client has encountered a connection error and is not queryable'),
    'connection_lost',
    'repeatable',
  ],
  [
    'reset',
    plain('read ECONNRESET', { code: 'ECONNRESET', syscall: 'read' }),
    'connection_lost',
    'repeatable',
  ],
  [
    'timed out after it was connected',
    plain('read ETIMEDOUT', { code: 'ETIMEDOUT', syscall: 'read' }),
    'connection_lost',
    'repeatable',
  ],
  [
    'adapter: closed',
    plain('ConnectionClosed', { cause: { kind: 'ConnectionClosed' } }),
    'connection_lost',
    'repeatable',
  ],
  [
    'adapter: not reachable',
    plain('x', { cause: { kind: 'DatabaseNotReachable', host: 'canary' } }),
    'unavailable',
    'always',
  ],
  ['08006', pgError('08006'), 'connection_lost', 'repeatable'],
  ['08007', pgError('08007'), 'connection_lost', 'repeatable'],
  ['query_timeout', plain('Query read timeout'), 'query_timeout', 'repeatable'],
  ['57014', pgError('57014'), 'query_timeout', 'never'],
  ['P2010 57014', prismaError('P2010', '57014'), 'query_timeout', 'never'],
  ['25P03', pgError('25P03'), 'idle_timeout', 'never'],
  ['25P04', pgError('25P04'), 'idle_timeout', 'never'],
  ['53100', pgError('53100'), 'disk_full', 'never'],
  ['23505', pgError('23505'), 'conflict', 'never'],
  ['P2002', prismaError('P2002', '23505'), 'conflict', 'never'],
  ['23503', pgError('23503'), 'foreign_key', 'never'],
  ['P2003', prismaError('P2003', '23503'), 'foreign_key', 'never'],
  ['23514', pgError('23514'), 'check_violation', 'never'],
  ['P2039 23514', prismaError('P2039', '23514'), 'check_violation', 'never'],
  ['22P02', pgError('22P02'), 'invalid_value', 'never'],
  ['P2007', prismaError('P2007'), 'invalid_value', 'never'],
  ['22021', pgError('22021'), 'invalid_value', 'never'],
  ['P1011', prismaError('P1011'), 'tls_failed', 'never'],
  ['P1003', prismaError('P1003'), 'database_missing', 'never'],
  ['28P01', pgError('28P01'), 'auth_failed', 'never'],
  ['42501', pgError('42501'), 'permission', 'never'],
  ['P2039 42501', prismaError('P2039', '42501'), 'permission', 'never'],
  ['P2025', prismaError('P2025'), 'not_found', 'never'],
];

test.each(cases)('%s', (_name, error, code, when) => {
  const translated = translateError(error) as DatabaseError;
  expect(translated).toBeInstanceOf(DatabaseError);
  expect({ code: translated.code, when: retryRule(translated).when }).toEqual({ code, when });
  expect(JSON.stringify(translated, Object.getOwnPropertyNames(translated))).not.toContain('canary');
});

test("an error that is not the database's is never retried", () => {
  expect(retryRule(new TypeError('mine'))).toEqual({ when: 'never', retries: 0 });
  expect(retryRule(new DatabaseError('version_conflict'))).toEqual({ when: 'never', retries: 0 });
});
