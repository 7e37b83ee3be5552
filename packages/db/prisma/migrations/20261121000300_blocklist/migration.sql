-- Blocklist: the artist catalogue, what users block, lists they share, and moderation.

CREATE TYPE "list_visibility" AS ENUM ('public', 'unlisted', 'private');

CREATE TYPE "moderation_target" AS ENUM ('artist', 'community_list', 'message', 'user');

CREATE TYPE "report_reason" AS ENUM ('spam', 'harassment', 'misinformation', 'copyright', 'other');

CREATE TYPE "report_status" AS ENUM ('open', 'in_review', 'resolved', 'dismissed');

CREATE TYPE "moderation_action_type" AS ENUM ('warn', 'hide', 'remove', 'suspend', 'restore', 'dismiss');

CREATE TABLE "artists" (
    "id" UUID NOT NULL DEFAULT plinth.uuid_v7(),
    "name" TEXT NOT NULL,
    "external_ids" JSONB NOT NULL DEFAULT '{}',
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "genres" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" UUID,
    "updated_by" UUID,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "artists_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "user_artist_blocks" (
    "id" UUID NOT NULL DEFAULT plinth.uuid_v7(),
    "user_id" UUID NOT NULL,
    "artist_id" UUID NOT NULL,
    "tags" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "note" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" UUID,
    "updated_by" UUID,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "user_artist_blocks_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "community_lists" (
    "id" UUID NOT NULL DEFAULT plinth.uuid_v7(),
    "owner_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "visibility" "list_visibility" NOT NULL DEFAULT 'public',
    "deleted_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" UUID,
    "updated_by" UUID,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "community_lists_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "community_list_items" (
    "id" UUID NOT NULL DEFAULT plinth.uuid_v7(),
    "list_id" UUID NOT NULL,
    "artist_id" UUID NOT NULL,
    "reason" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" UUID,
    "updated_by" UUID,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "community_list_items_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "community_list_subscriptions" (
    "id" UUID NOT NULL DEFAULT plinth.uuid_v7(),
    "list_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "notify" BOOLEAN NOT NULL DEFAULT true,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" UUID,
    "updated_by" UUID,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "community_list_subscriptions_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "content_reports" (
    "id" UUID NOT NULL DEFAULT plinth.uuid_v7(),
    "reporter_id" UUID NOT NULL,
    "target_type" "moderation_target" NOT NULL,
    "target_id" UUID NOT NULL,
    "reason" "report_reason" NOT NULL,
    "details" TEXT NOT NULL DEFAULT '',
    "status" "report_status" NOT NULL DEFAULT 'open',
    "assignee_id" UUID,
    "resolved_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" UUID,
    "updated_by" UUID,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "content_reports_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "moderation_actions" (
    "id" UUID NOT NULL DEFAULT plinth.uuid_v7(),
    "report_id" UUID,
    "moderator_id" UUID,
    "target_type" "moderation_target" NOT NULL,
    "target_id" UUID NOT NULL,
    "action" "moderation_action_type" NOT NULL,
    "reason" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" UUID,
    "updated_by" UUID,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "moderation_actions_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "artists_name_id_idx" ON "artists"("name", "id");
CREATE INDEX "artists_created_at_id_idx" ON "artists"("created_at", "id");
CREATE INDEX "artists_name_trgm_idx" ON "artists" USING GIN ("name" gin_trgm_ops);
CREATE INDEX "artists_external_ids_idx" ON "artists" USING GIN ("external_ids" jsonb_path_ops);
CREATE INDEX "user_artist_blocks_user_id_created_at_id_idx" ON "user_artist_blocks"("user_id", "created_at", "id");
CREATE INDEX "user_artist_blocks_artist_id_idx" ON "user_artist_blocks"("artist_id");
CREATE INDEX "user_artist_blocks_tags_idx" ON "user_artist_blocks" USING GIN ("tags");
CREATE UNIQUE INDEX "user_artist_blocks_user_id_artist_id_key" ON "user_artist_blocks"("user_id", "artist_id");
CREATE INDEX "community_lists_owner_id_created_at_id_idx" ON "community_lists"("owner_id", "created_at", "id");
CREATE INDEX "community_lists_visibility_created_at_id_idx" ON "community_lists"("visibility", "created_at", "id");
CREATE INDEX "community_lists_created_at_id_idx" ON "community_lists"("created_at", "id");
CREATE INDEX "community_list_items_list_id_created_at_id_idx" ON "community_list_items"("list_id", "created_at", "id");
CREATE INDEX "community_list_items_artist_id_idx" ON "community_list_items"("artist_id");
CREATE UNIQUE INDEX "community_list_items_list_id_artist_id_key" ON "community_list_items"("list_id", "artist_id");
CREATE INDEX "community_list_subscriptions_user_id_created_at_id_idx" ON "community_list_subscriptions"("user_id", "created_at", "id");
CREATE INDEX "community_list_subscriptions_list_id_idx" ON "community_list_subscriptions"("list_id");
CREATE UNIQUE INDEX "community_list_subscriptions_user_id_list_id_key" ON "community_list_subscriptions"("user_id", "list_id");
CREATE INDEX "content_reports_reporter_id_idx" ON "content_reports"("reporter_id");
CREATE INDEX "content_reports_assignee_id_idx" ON "content_reports"("assignee_id");
CREATE INDEX "content_reports_target_type_target_id_idx" ON "content_reports"("target_type", "target_id");
CREATE INDEX "content_reports_status_created_at_id_idx" ON "content_reports"("status", "created_at", "id");
CREATE INDEX "content_reports_created_at_id_idx" ON "content_reports"("created_at", "id");
CREATE INDEX "moderation_actions_report_id_idx" ON "moderation_actions"("report_id");
CREATE INDEX "moderation_actions_moderator_id_idx" ON "moderation_actions"("moderator_id");
CREATE INDEX "moderation_actions_target_type_target_id_idx" ON "moderation_actions"("target_type", "target_id");
CREATE INDEX "moderation_actions_created_at_id_idx" ON "moderation_actions"("created_at", "id");

ALTER TABLE "user_artist_blocks" ADD CONSTRAINT "user_artist_blocks_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "user_artist_blocks" ADD CONSTRAINT "user_artist_blocks_artist_id_fkey" FOREIGN KEY ("artist_id") REFERENCES "artists"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "community_lists" ADD CONSTRAINT "community_lists_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "community_list_items" ADD CONSTRAINT "community_list_items_list_id_fkey" FOREIGN KEY ("list_id") REFERENCES "community_lists"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "community_list_items" ADD CONSTRAINT "community_list_items_artist_id_fkey" FOREIGN KEY ("artist_id") REFERENCES "artists"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "community_list_subscriptions" ADD CONSTRAINT "community_list_subscriptions_list_id_fkey" FOREIGN KEY ("list_id") REFERENCES "community_lists"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "community_list_subscriptions" ADD CONSTRAINT "community_list_subscriptions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "content_reports" ADD CONSTRAINT "content_reports_reporter_id_fkey" FOREIGN KEY ("reporter_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "content_reports" ADD CONSTRAINT "content_reports_assignee_id_fkey" FOREIGN KEY ("assignee_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "moderation_actions" ADD CONSTRAINT "moderation_actions_report_id_fkey" FOREIGN KEY ("report_id") REFERENCES "content_reports"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "moderation_actions" ADD CONSTRAINT "moderation_actions_moderator_id_fkey" FOREIGN KEY ("moderator_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "artists" ADD CONSTRAINT "artists_name_check" CHECK (length(name) BETWEEN 1 AND 300);
ALTER TABLE "artists" ADD CONSTRAINT "artists_external_ids_check" CHECK (jsonb_typeof(external_ids) = 'object');
ALTER TABLE "artists" ADD CONSTRAINT "artists_metadata_check" CHECK (jsonb_typeof(metadata) = 'object');
ALTER TABLE "user_artist_blocks" ADD CONSTRAINT "user_artist_blocks_tags_check" CHECK (cardinality(tags) <= 32);
ALTER TABLE "user_artist_blocks" ADD CONSTRAINT "user_artist_blocks_note_check" CHECK (length(note) <= 2000);
ALTER TABLE "community_lists" ADD CONSTRAINT "community_lists_name_check" CHECK (length(name) BETWEEN 1 AND 200);
ALTER TABLE "community_lists" ADD CONSTRAINT "community_lists_description_check" CHECK (length(description) <= 5000);
ALTER TABLE "community_list_items" ADD CONSTRAINT "community_list_items_reason_check" CHECK (length(reason) <= 2000);
ALTER TABLE "content_reports" ADD CONSTRAINT "content_reports_details_check" CHECK (length(details) <= 5000);
ALTER TABLE "content_reports" ADD CONSTRAINT "content_reports_resolved_at_check" CHECK ((resolved_at IS NOT NULL) = (status IN ('resolved', 'dismissed')));
ALTER TABLE "moderation_actions" ADD CONSTRAINT "moderation_actions_reason_check" CHECK (length(reason) BETWEEN 1 AND 5000);

-- Kept for every writer, also psql and raw SQL.
CREATE TRIGGER "artists_touch" BEFORE UPDATE ON "artists"
  FOR EACH ROW EXECUTE FUNCTION "plinth"."touch_row"();
CREATE TRIGGER "user_artist_blocks_touch" BEFORE UPDATE ON "user_artist_blocks"
  FOR EACH ROW EXECUTE FUNCTION "plinth"."touch_row"();
CREATE TRIGGER "community_lists_touch" BEFORE UPDATE ON "community_lists"
  FOR EACH ROW EXECUTE FUNCTION "plinth"."touch_row"();
CREATE TRIGGER "community_list_items_touch" BEFORE UPDATE ON "community_list_items"
  FOR EACH ROW EXECUTE FUNCTION "plinth"."touch_row"();
CREATE TRIGGER "community_list_subscriptions_touch" BEFORE UPDATE ON "community_list_subscriptions"
  FOR EACH ROW EXECUTE FUNCTION "plinth"."touch_row"();
CREATE TRIGGER "content_reports_touch" BEFORE UPDATE ON "content_reports"
  FOR EACH ROW EXECUTE FUNCTION "plinth"."touch_row"();
CREATE TRIGGER "moderation_actions_touch" BEFORE UPDATE ON "moderation_actions"
  FOR EACH ROW EXECUTE FUNCTION "plinth"."touch_row"();
