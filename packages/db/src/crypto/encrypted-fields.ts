/**
 * Every column that holds an envelope: table, and Prisma's field name to the column's. The CHECK on each of these
 * columns refuses anything else, and plinth keys rotate goes through this list (a test compares it with the schema).
 */
export const ENCRYPTED_FIELDS = {
  users: { totpSecretEnc: 'totp_secret_enc' },
  oauth_accounts: { accessTokenEnc: 'access_token_enc', refreshTokenEnc: 'refresh_token_enc' },
  webhooks: { secretEnc: 'secret_enc' },
} as const;

export type EncryptedTable = keyof typeof ENCRYPTED_FIELDS;
/** The field names of one table, as Prisma and the repositories have them. */
export type EncryptedField<T extends EncryptedTable> = keyof (typeof ENCRYPTED_FIELDS)[T] & string;

/** The database's name of a field. */
export function columnOf<T extends EncryptedTable>(table: T, field: EncryptedField<T>): string {
  return (ENCRYPTED_FIELDS[table] as Record<string, string>)[field] ?? field;
}

/** Every pair of table and field. */
export function encryptedFields(): { table: EncryptedTable; field: string; column: string }[] {
  return Object.entries(ENCRYPTED_FIELDS).flatMap(([table, fields]) =>
    Object.entries(fields).map(([field, column]) => ({ table: table as EncryptedTable, field, column })),
  );
}
