import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createFieldCipher, type Database, newRowId, oauthAccounts, parseFieldKeys, users } from '@plinth/db';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';
import { encryptedFields } from '../../src/crypto/encrypted-fields.js';

const canary = 'canary-31c0ffee-plaintext-token-of-some-length';
const plain = () => new Uint8Array(Buffer.from(canary));
const cipher = createFieldCipher(parseFieldKeys(randomBytes(32).toString('base64url')));

describe.each([15, 18] as const)('encrypted columns on PostgreSQL %i', (major) => {
  let testDatabase: TestDatabase;
  let app: Database;
  let admin: Database;
  const userId = newRowId();
  const actor = { type: 'user', userId } as const;

  beforeAll(async () => {
    testDatabase = await createTestDatabase({ major });
    app = await testDatabase.open('app');
    admin = await testDatabase.open('admin');
    await app.none(`insert into users (id, email, full_name) values ($1, 'a@example.com', 'A')`, [userId]);
  });
  afterAll(() => testDatabase.drop());

  test('every bytea column named _enc is listed, and has a CHECK on the envelope', async () => {
    const columns = await app.query(
      `select table_name || '.' || column_name as name from information_schema.columns
        where table_schema = 'public' and column_name like '%\\_enc' order by 1`,
    );
    expect(columns).toEqual(
      encryptedFields()
        .map(({ table, column }) => ({ name: `${table}.${column}` }))
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
    );
    for (const { table, column } of encryptedFields()) {
      const [check] = await admin.query<{ text: string }>(
        `select pg_get_constraintdef(oid) as text from pg_constraint where conname = $1`,
        [`${table}_${column}_check`],
      );
      expect(check?.text).toContain('8192');
    }
  });

  test('no path stores plaintext: create, createMany, upsert, nested write, repository, raw SQL', async () => {
    const account = { provider: 'google', providerAccountId: 'g-1', userId } as const;
    const attempts: (() => Promise<unknown>)[] = [
      () =>
        app.withActor(actor, (tx) =>
          tx.oauthAccount.create({ data: { ...account, accessTokenEnc: plain() } }),
        ),
      () =>
        app.withActor(actor, (tx) =>
          tx.oauthAccount.createMany({ data: [{ ...account, refreshTokenEnc: plain() }] }),
        ),
      () =>
        app.withActor(actor, (tx) =>
          tx.user.update({
            where: { id: userId },
            data: {
              oauthAccounts: {
                create: { provider: 'github', providerAccountId: 'h', accessTokenEnc: plain() },
              },
            },
          }),
        ),
      () =>
        app.withActor(actor, (tx) =>
          tx.user.upsert({
            where: { id: userId },
            create: { email: 'b@example.com', fullName: 'B' },
            update: { totpSecretEnc: plain() },
          }),
        ),
      () => oauthAccounts.create(app.as(actor), { ...account, accessTokenEnc: plain() }),
      () => users.update(app.as(actor), userId, { totpSecretEnc: plain() }, 1),
      () =>
        app.tx(
          (sql) => sql.none('update users set totp_secret_enc = $2 where id = $1', [userId, plain()]),
          actor,
        ),
      () =>
        app.tx(
          (sql) =>
            sql.none(`insert into webhooks (user_id, url, secret_enc) values ($1, 'https://x.example', $2)`, [
              userId,
              plain(),
            ]),
          actor,
        ),
    ];
    for (const attempt of attempts) {
      const error = await attempt().then(
        () => undefined,
        (thrown: unknown) => thrown as Error & { code: string },
      );
      expect(error?.code).toBe('check_violation');
      expect(`${error?.message} ${JSON.stringify(error)} ${error?.stack}`).not.toContain(canary);
    }
    const [stored] = await admin.query<{ hits: number }>(
      `select count(*)::int as hits from (select totp_secret_enc as b from users union all select access_token_enc from oauth_accounts
         union all select refresh_token_enc from oauth_accounts union all select secret_enc from webhooks) t where position($1::bytea in b) > 0`,
      [plain()],
    );
    expect(stored).toEqual({ hits: 0 });
  });

  test('two rows whose bytes were swapped in the database do not open', async () => {
    const ids = [newRowId(), newRowId()];
    for (const [index, id] of ids.entries()) {
      const sealed = cipher.encryptFields('oauth_accounts', id, { accessTokenEnc: `${canary}-${index}` });
      await oauthAccounts.create(app.as(actor), {
        id,
        userId,
        provider: 'google',
        providerAccountId: `s${index}`,
        ...sealed,
      });
    }
    const read = async (id: string) => {
      const found = await oauthAccounts.get(app.as(actor), id);
      return cipher.decryptField('oauth_accounts', 'accessTokenEnc', id, found?.accessTokenEnc as Uint8Array);
    };
    expect(await read(ids[1] as string)).toBe(`${canary}-1`);
    await admin.none(
      `update oauth_accounts t set access_token_enc = o.access_token_enc from oauth_accounts o
        where t.id = any($1::uuid[]) and o.id = any($1::uuid[]) and o.id <> t.id`,
      [ids],
    );
    for (const id of ids) await expect(read(id)).rejects.toMatchObject({ code: 'field_corrupt' });
    expect(
      await admin.one<{ hits: number }>(
        `select count(*)::int as hits from audit.audit_log l where l::text like '%canary%'`,
      ),
    ).toEqual({ hits: 0 });
  });

  test('plaintext that the owner put past the CHECK is refused on reading', async () => {
    await admin.none('alter table users drop constraint users_totp_secret_enc_check');
    await admin.none('update users set totp_secret_enc = $2 where id = $1', [userId, plain()]);
    const totpSecretEnc = (await users.get(app, userId))?.totpSecretEnc;
    expect(() => cipher.decryptField('users', 'totpSecretEnc', userId, totpSecretEnc as Uint8Array)).toThrow(
      expect.objectContaining({ code: 'field_corrupt', message: expect.not.stringContaining(canary) }),
    );
  });
});
