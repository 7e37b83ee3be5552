-- Giving: campaigns, their members (by user or by e-mail), and contributions.

CREATE TYPE "campaign_status" AS ENUM ('draft', 'active', 'completed', 'cancelled');

CREATE TYPE "campaign_role" AS ENUM ('organizer', 'member');

CREATE TYPE "contribution_status" AS ENUM ('pledged', 'paid', 'refunded', 'failed');

CREATE TABLE "campaigns" (
    "id" UUID NOT NULL DEFAULT plinth.uuid_v7(),
    "owner_id" UUID NOT NULL,
    "title" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "goal_minor" BIGINT NOT NULL,
    "currency" TEXT NOT NULL DEFAULT 'EUR',
    "status" "campaign_status" NOT NULL DEFAULT 'draft',
    "starts_at" TIMESTAMPTZ(3),
    "ends_at" TIMESTAMPTZ(3),
    "deleted_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" UUID,
    "updated_by" UUID,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "campaigns_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "campaign_members" (
    "id" UUID NOT NULL DEFAULT plinth.uuid_v7(),
    "campaign_id" UUID NOT NULL,
    "user_id" UUID,
    "email" TEXT,
    "role" "campaign_role" NOT NULL DEFAULT 'member',
    "invited_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "joined_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" UUID,
    "updated_by" UUID,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "campaign_members_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "contributions" (
    "id" UUID NOT NULL DEFAULT plinth.uuid_v7(),
    "campaign_id" UUID NOT NULL,
    "contributor_id" UUID,
    "amount_minor" BIGINT NOT NULL,
    "currency" TEXT NOT NULL DEFAULT 'EUR',
    "status" "contribution_status" NOT NULL DEFAULT 'pledged',
    "message" TEXT,
    "external_reference" TEXT,
    "paid_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" UUID,
    "updated_by" UUID,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "contributions_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "campaigns_owner_id_created_at_id_idx" ON "campaigns"("owner_id", "created_at", "id");
CREATE INDEX "campaigns_status_created_at_id_idx" ON "campaigns"("status", "created_at", "id");
CREATE INDEX "campaigns_created_at_id_idx" ON "campaigns"("created_at", "id");
CREATE INDEX "campaign_members_campaign_id_created_at_id_idx" ON "campaign_members"("campaign_id", "created_at", "id");
CREATE INDEX "campaign_members_user_id_idx" ON "campaign_members"("user_id");
CREATE UNIQUE INDEX "contributions_external_reference_key" ON "contributions"("external_reference");
CREATE INDEX "contributions_campaign_id_created_at_id_idx" ON "contributions"("campaign_id", "created_at", "id");
CREATE INDEX "contributions_contributor_id_idx" ON "contributions"("contributor_id");
CREATE INDEX "contributions_status_created_at_id_idx" ON "contributions"("status", "created_at", "id");

ALTER TABLE "campaigns" ADD CONSTRAINT "campaigns_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "campaign_members" ADD CONSTRAINT "campaign_members_campaign_id_fkey" FOREIGN KEY ("campaign_id") REFERENCES "campaigns"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "campaign_members" ADD CONSTRAINT "campaign_members_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "contributions" ADD CONSTRAINT "contributions_campaign_id_fkey" FOREIGN KEY ("campaign_id") REFERENCES "campaigns"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "contributions" ADD CONSTRAINT "contributions_contributor_id_fkey" FOREIGN KEY ("contributor_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- A person is a member once, whether by account or by e-mail.
CREATE UNIQUE INDEX "campaign_members_user_key" ON "campaign_members"("campaign_id", "user_id") WHERE "user_id" IS NOT NULL;
CREATE UNIQUE INDEX "campaign_members_email_key" ON "campaign_members"("campaign_id", "email") WHERE "email" IS NOT NULL;

ALTER TABLE "campaigns" ADD CONSTRAINT "campaigns_title_check" CHECK (length(title) BETWEEN 1 AND 200);
ALTER TABLE "campaigns" ADD CONSTRAINT "campaigns_goal_minor_check" CHECK (goal_minor > 0);
ALTER TABLE "campaigns" ADD CONSTRAINT "campaigns_currency_check" CHECK (currency ~ '^[A-Z]{3}$');
ALTER TABLE "campaigns" ADD CONSTRAINT "campaigns_ends_at_check" CHECK (ends_at IS NULL OR starts_at IS NULL OR ends_at > starts_at);
ALTER TABLE "campaign_members" ADD CONSTRAINT "campaign_members_who_check" CHECK (num_nonnulls(user_id, email) >= 1);
ALTER TABLE "campaign_members" ADD CONSTRAINT "campaign_members_email_check" CHECK (email = lower(btrim(email)) AND length(email) BETWEEN 3 AND 320 AND email LIKE '%_@_%');
ALTER TABLE "contributions" ADD CONSTRAINT "contributions_amount_minor_check" CHECK (amount_minor > 0);
ALTER TABLE "contributions" ADD CONSTRAINT "contributions_currency_check" CHECK (currency ~ '^[A-Z]{3}$');
ALTER TABLE "contributions" ADD CONSTRAINT "contributions_paid_at_check" CHECK (paid_at IS NOT NULL OR status IN ('pledged', 'failed'));

-- Kept for every writer, also psql and raw SQL.
CREATE TRIGGER "campaigns_touch" BEFORE UPDATE ON "campaigns"
  FOR EACH ROW EXECUTE FUNCTION "plinth"."touch_row"();
CREATE TRIGGER "campaign_members_touch" BEFORE UPDATE ON "campaign_members"
  FOR EACH ROW EXECUTE FUNCTION "plinth"."touch_row"();
CREATE TRIGGER "contributions_touch" BEFORE UPDATE ON "contributions"
  FOR EACH ROW EXECUTE FUNCTION "plinth"."touch_row"();
