-- Identity: people, what they may do, and everything that proves who they are.

CREATE TYPE "subscription_tier" AS ENUM ('free', 'pro', 'business', 'enterprise');

CREATE TYPE "oauth_provider" AS ENUM ('google', 'github');

CREATE TABLE "users" (
    "id" UUID NOT NULL DEFAULT plinth.uuid_v7(),
    "email" TEXT NOT NULL,
    "password_hash" TEXT,
    "full_name" TEXT NOT NULL,
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "email_verified_at" TIMESTAMPTZ(3),
    "subscription_tier" "subscription_tier" NOT NULL DEFAULT 'free',
    "settings" JSONB NOT NULL DEFAULT '{}',
    "totp_secret_enc" BYTEA,
    "tokens_valid_after" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_login_at" TIMESTAMPTZ(3),
    "deleted_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" UUID,
    "updated_by" UUID,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "roles" (
    "id" UUID NOT NULL DEFAULT plinth.uuid_v7(),
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "permissions" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" UUID,
    "updated_by" UUID,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "roles_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "role_assignments" (
    "id" UUID NOT NULL DEFAULT plinth.uuid_v7(),
    "user_id" UUID NOT NULL,
    "role_id" UUID NOT NULL,
    "granted_by" UUID,
    "reason" TEXT NOT NULL DEFAULT '',
    "expires_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    "revoked_by" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" UUID,
    "updated_by" UUID,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "role_assignments_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "oauth_accounts" (
    "id" UUID NOT NULL DEFAULT plinth.uuid_v7(),
    "user_id" UUID NOT NULL,
    "provider" "oauth_provider" NOT NULL,
    "provider_account_id" TEXT NOT NULL,
    "email" TEXT,
    "access_token_enc" BYTEA,
    "refresh_token_enc" BYTEA,
    "scopes" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "token_expires_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" UUID,
    "updated_by" UUID,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "oauth_accounts_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "sessions" (
    "id" UUID NOT NULL DEFAULT plinth.uuid_v7(),
    "user_id" UUID NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "family_id" UUID NOT NULL,
    "user_agent" TEXT,
    "ip_address" INET,
    "last_used_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "rotated_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" UUID,
    "updated_by" UUID,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "sessions_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "api_keys" (
    "id" UUID NOT NULL DEFAULT plinth.uuid_v7(),
    "user_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "prefix" TEXT NOT NULL,
    "last4" TEXT NOT NULL,
    "key_hash" BYTEA NOT NULL,
    "scopes" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "expires_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),
    "use_count" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" UUID,
    "updated_by" UUID,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "api_keys_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "email_verification_tokens" (
    "id" UUID NOT NULL DEFAULT plinth.uuid_v7(),
    "user_id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" UUID,
    "updated_by" UUID,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "email_verification_tokens_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "password_reset_tokens" (
    "id" UUID NOT NULL DEFAULT plinth.uuid_v7(),
    "user_id" UUID NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" UUID,
    "updated_by" UUID,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "password_reset_tokens_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "token_blacklist" (
    "jti" UUID NOT NULL,
    "user_id" UUID,
    "reason" TEXT NOT NULL DEFAULT '',
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "token_blacklist_pkey" PRIMARY KEY ("jti")
);

CREATE INDEX "users_created_at_id_idx" ON "users"("created_at", "id");
CREATE INDEX "users_last_login_at_idx" ON "users"("last_login_at");
CREATE INDEX "users_subscription_tier_idx" ON "users"("subscription_tier");
CREATE UNIQUE INDEX "roles_name_key" ON "roles"("name");
CREATE INDEX "roles_created_at_id_idx" ON "roles"("created_at", "id");
CREATE INDEX "role_assignments_user_id_idx" ON "role_assignments"("user_id");
CREATE INDEX "role_assignments_role_id_idx" ON "role_assignments"("role_id");
CREATE INDEX "role_assignments_granted_by_idx" ON "role_assignments"("granted_by");
CREATE INDEX "role_assignments_created_at_id_idx" ON "role_assignments"("created_at", "id");
CREATE INDEX "oauth_accounts_user_id_created_at_id_idx" ON "oauth_accounts"("user_id", "created_at", "id");
CREATE UNIQUE INDEX "oauth_accounts_provider_provider_account_id_key" ON "oauth_accounts"("provider", "provider_account_id");
CREATE UNIQUE INDEX "sessions_token_hash_key" ON "sessions"("token_hash");
CREATE INDEX "sessions_user_id_created_at_id_idx" ON "sessions"("user_id", "created_at", "id");
CREATE INDEX "sessions_family_id_idx" ON "sessions"("family_id");
CREATE INDEX "sessions_expires_at_idx" ON "sessions"("expires_at");
CREATE UNIQUE INDEX "api_keys_key_hash_key" ON "api_keys"("key_hash");
CREATE INDEX "api_keys_user_id_created_at_id_idx" ON "api_keys"("user_id", "created_at", "id");
CREATE UNIQUE INDEX "email_verification_tokens_token_hash_key" ON "email_verification_tokens"("token_hash");
CREATE INDEX "email_verification_tokens_user_id_idx" ON "email_verification_tokens"("user_id");
CREATE INDEX "email_verification_tokens_expires_at_idx" ON "email_verification_tokens"("expires_at");
CREATE UNIQUE INDEX "password_reset_tokens_token_hash_key" ON "password_reset_tokens"("token_hash");
CREATE INDEX "password_reset_tokens_user_id_idx" ON "password_reset_tokens"("user_id");
CREATE INDEX "password_reset_tokens_expires_at_idx" ON "password_reset_tokens"("expires_at");
CREATE INDEX "token_blacklist_expires_at_idx" ON "token_blacklist"("expires_at");

ALTER TABLE "role_assignments" ADD CONSTRAINT "role_assignments_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "role_assignments" ADD CONSTRAINT "role_assignments_role_id_fkey" FOREIGN KEY ("role_id") REFERENCES "roles"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "role_assignments" ADD CONSTRAINT "role_assignments_granted_by_fkey" FOREIGN KEY ("granted_by") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "oauth_accounts" ADD CONSTRAINT "oauth_accounts_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "email_verification_tokens" ADD CONSTRAINT "email_verification_tokens_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "password_reset_tokens" ADD CONSTRAINT "password_reset_tokens_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- One living account per e-mail; a closed account frees its address. (Partial, so Prisma leaves it alone.)
CREATE UNIQUE INDEX "users_email_live_key" ON "users"("email") WHERE "deleted_at" IS NULL;
-- One unrevoked assignment per user and role.
CREATE UNIQUE INDEX "role_assignments_active_key" ON "role_assignments"("user_id", "role_id") WHERE "revoked_at" IS NULL;

ALTER TABLE "users" ADD CONSTRAINT "users_email_check" CHECK (email = lower(btrim(email)) AND length(email) BETWEEN 3 AND 320 AND email LIKE '%_@_%');
ALTER TABLE "users" ADD CONSTRAINT "users_full_name_check" CHECK (length(full_name) BETWEEN 1 AND 200);
ALTER TABLE "users" ADD CONSTRAINT "users_settings_check" CHECK (jsonb_typeof(settings) = 'object' AND octet_length(settings::text) <= 16384);
ALTER TABLE "users" ADD CONSTRAINT "users_totp_secret_enc_check" CHECK (octet_length(totp_secret_enc) BETWEEN 31 AND 8192 AND substring(totp_secret_enc FROM 1 FOR 1) = '\x01'::bytea);
ALTER TABLE "roles" ADD CONSTRAINT "roles_name_check" CHECK (name ~ '^[a-z][a-z0-9_-]{1,62}$');
ALTER TABLE "role_assignments" ADD CONSTRAINT "role_assignments_expires_at_check" CHECK (expires_at IS NULL OR expires_at > created_at);
ALTER TABLE "role_assignments" ADD CONSTRAINT "role_assignments_revoked_check" CHECK ((revoked_at IS NULL) OR revoked_at >= created_at);
ALTER TABLE "oauth_accounts" ADD CONSTRAINT "oauth_accounts_access_token_enc_check" CHECK (octet_length(access_token_enc) BETWEEN 31 AND 8192 AND substring(access_token_enc FROM 1 FOR 1) = '\x01'::bytea);
ALTER TABLE "oauth_accounts" ADD CONSTRAINT "oauth_accounts_refresh_token_enc_check" CHECK (octet_length(refresh_token_enc) BETWEEN 31 AND 8192 AND substring(refresh_token_enc FROM 1 FOR 1) = '\x01'::bytea);
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_token_hash_check" CHECK (octet_length(token_hash) = 32);
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_expires_at_check" CHECK (expires_at > created_at);
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_key_hash_check" CHECK (octet_length(key_hash) = 32);
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_name_check" CHECK (length(name) BETWEEN 1 AND 100);
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_use_count_check" CHECK (use_count >= 0);
ALTER TABLE "email_verification_tokens" ADD CONSTRAINT "email_verification_tokens_token_hash_check" CHECK (octet_length(token_hash) = 32);
ALTER TABLE "password_reset_tokens" ADD CONSTRAINT "password_reset_tokens_token_hash_check" CHECK (octet_length(token_hash) = 32);

-- Assignments in force. security_invoker: the caller's own rights and row security apply.
CREATE VIEW "user_roles" WITH (security_invoker = true) AS
SELECT a.id AS assignment_id, a.user_id, a.role_id, r.name AS role, r.permissions, a.granted_by, a.created_at AS granted_at, a.expires_at
  FROM "role_assignments" a
  JOIN "roles" r ON r.id = a.role_id
 WHERE a.revoked_at IS NULL AND (a.expires_at IS NULL OR a.expires_at > now());
COMMENT ON VIEW "user_roles" IS 'Role assignments in force: not revoked, not expired';

-- Kept for every writer, also psql and raw SQL.
-- Noting a sign-in is no change of the profile: it leaves the version, and with it the ETag a client holds.
CREATE TRIGGER "users_touch" BEFORE UPDATE ON "users"
  FOR EACH ROW WHEN (OLD.last_login_at IS NOT DISTINCT FROM NEW.last_login_at) EXECUTE FUNCTION "plinth"."touch_row"();
CREATE TRIGGER "roles_touch" BEFORE UPDATE ON "roles"
  FOR EACH ROW EXECUTE FUNCTION "plinth"."touch_row"();
CREATE TRIGGER "role_assignments_touch" BEFORE UPDATE ON "role_assignments"
  FOR EACH ROW EXECUTE FUNCTION "plinth"."touch_row"();
CREATE TRIGGER "oauth_accounts_touch" BEFORE UPDATE ON "oauth_accounts"
  FOR EACH ROW EXECUTE FUNCTION "plinth"."touch_row"();
CREATE TRIGGER "sessions_touch" BEFORE UPDATE ON "sessions"
  FOR EACH ROW EXECUTE FUNCTION "plinth"."touch_row"();
CREATE TRIGGER "api_keys_touch" BEFORE UPDATE ON "api_keys"
  FOR EACH ROW EXECUTE FUNCTION "plinth"."touch_row"();
CREATE TRIGGER "email_verification_tokens_touch" BEFORE UPDATE ON "email_verification_tokens"
  FOR EACH ROW EXECUTE FUNCTION "plinth"."touch_row"();
CREATE TRIGGER "password_reset_tokens_touch" BEFORE UPDATE ON "password_reset_tokens"
  FOR EACH ROW EXECUTE FUNCTION "plinth"."touch_row"();
