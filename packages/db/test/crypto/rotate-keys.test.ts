import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  createFieldCipher,
  type Database,
  keyUses,
  newRowId,
  parseFieldKeys,
  rotateFieldKeys,
} from '@plinth/db';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';

const [first, second, third] = [1, 2, 3].map(() => randomBytes(32).toString('base64url'));
const old = createFieldCipher(parseFieldKeys(`1:${first}`));
const both = createFieldCipher(parseFieldKeys(`2:${second},1:${first}`));
const fresh = createFieldCipher(parseFieldKeys(`2:${second}`));
const ROWS = process.env.PLINTH_FULL ? 20_000 : 1_000;

describe.each([15, 18] as const)('key rotation on PostgreSQL %i', (major) => {
  let testDatabase: TestDatabase;
  let app: Database;
  let owner: Database;
  const ids = Array.from({ length: ROWS }, () => newRowId());
  const read = async (cipher: typeof old, id: string) => {
    const row = await app.one<{ secret: Buffer }>(
      'select totp_secret_enc as secret from users where id = $1',
      [id],
    );
    return cipher.decryptField('users', 'totpSecretEnc', id, row.secret);
  };
  const write = (cipher: typeof old, id: string, value: string) =>
    app.none('update users set totp_secret_enc = $2 where id = $1', [
      id,
      cipher.encryptField('users', 'totpSecretEnc', id, value),
    ]);

  beforeAll(async () => {
    testDatabase = await createTestDatabase({ major });
    app = await testDatabase.open('app');
    owner = await testDatabase.open('migrator');
    await app.none(
      `insert into users (id, email, full_name, totp_secret_enc)
       select id, n || '@example.com', 'U', secret from unnest($1::uuid[], $2::bytea[]) with ordinality as t(id, secret, n)`,
      [
        ids,
        ids.map((id, index) =>
          Buffer.from(old.encryptField('users', 'totpSecretEnc', id, `secret ${index}`)),
        ),
      ],
    );
    const hook = newRowId();
    const owned = ids[0] as string;
    await app.tx(
      (sql) =>
        sql.none(
          `insert into webhooks (id, user_id, url, secret_enc) values ($1, $2, 'https://x.example', $3)`,
          [hook, owned, Buffer.from(old.encryptField('webhooks', 'secretEnc', hook, 'hook'))],
        ),
      { type: 'user', userId: owned },
    );
  });
  afterAll(() => testDatabase.drop());

  test('while others write, every row ends under the new key, no update is lost, and the old key can go', async () => {
    expect(await keyUses(owner, fresh)).toEqual([
      { table: 'users', column: 'totp_secret_enc', keyId: 1, rows: ROWS, known: false },
      { table: 'webhooks', column: 'secret_enc', keyId: 1, rows: 1, known: false },
    ]);
    const written = new Map<string, string>();
    let rotating = true;
    // Writers with the new keys, and one whose process still has the old ones for a while.
    const writers = [both, both, old].map(async (cipher, writer) => {
      for (let turn = 0; rotating && (cipher !== old || turn < 40); turn++) {
        const id = ids[(turn * 37 + writer) % ROWS] as string;
        if (written.has(id)) continue;
        written.set(id, `new ${writer} ${turn}`);
        await write(cipher, id, `new ${writer} ${turn}`);
      }
    });
    const seen: number[] = [];
    const run = () =>
      rotateFieldKeys({
        database: owner,
        cipher: both,
        batchSize: 50,
        onProgress: (done) => seen.push(done),
      });
    // Two operators at once are no harm either.
    await Promise.all([run(), run()]);
    rotating = false;
    await Promise.all(writers);
    const last = await run();
    expect(last).toMatchObject({ failed: [], remaining: 0 });
    expect(seen.length).toBeGreaterThan(10);
    expect((await keyUses(owner, fresh)).every((use) => use.keyId === 2 && use.known)).toBe(true);
    for (const [index, id] of ids.entries())
      expect(await read(fresh, id)).toBe(written.get(id) ?? `secret ${index}`);
    expect(await run()).toEqual({ rotated: 0, overtaken: 0, failed: [], remaining: 0 });
  });

  test('a row that does not open is named and left, the others are rotated, and a stopped run goes on later', async () => {
    const newer = createFieldCipher(parseFieldKeys(`3:${third},2:${second}`));
    const lost = ids[3] as string;
    await write(
      createFieldCipher(parseFieldKeys(`9:${randomBytes(32).toString('base64url')}`)),
      lost,
      'gone',
    );
    const kept = await read(newer, ids[4] as string);
    const stop = new AbortController();
    const stopped = rotateFieldKeys({
      database: owner,
      cipher: newer,
      batchSize: 100,
      signal: stop.signal,
      onProgress: (done) => done >= 150 && stop.abort(),
    });
    await expect(stopped).rejects.toThrow(/abort/i);
    const counts = await keyUses(owner, newer);
    expect(counts.find((use) => use.keyId === 3)?.rows).toBe(199);
    expect(await rotateFieldKeys({ database: owner, cipher: newer })).toEqual({
      rotated: ROWS - 199,
      overtaken: 0,
      failed: [{ table: 'users', column: 'totp_secret_enc', id: lost, code: 'field_key_unknown' }],
      remaining: 1,
    });
    expect(await read(newer, ids[4] as string)).toBe(kept);
  });

  test('the app role cannot rotate what it may not see', async () => {
    const uses = await keyUses(app, both);
    expect(uses.find((use) => use.table === 'webhooks')).toBeUndefined();
  });
});
