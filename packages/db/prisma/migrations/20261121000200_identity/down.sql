DROP VIEW "user_roles";

DROP TABLE "token_blacklist";
DROP TABLE "password_reset_tokens";
DROP TABLE "email_verification_tokens";
DROP TABLE "api_keys";
DROP TABLE "sessions";
DROP TABLE "oauth_accounts";
DROP TABLE "role_assignments";
DROP TABLE "roles";
DROP TABLE "users";

DROP TYPE "oauth_provider";
DROP TYPE "subscription_tier";
