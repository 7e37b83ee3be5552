DROP TABLE "moderation_actions";
DROP TABLE "content_reports";
DROP TABLE "community_list_subscriptions";
DROP TABLE "community_list_items";
DROP TABLE "community_lists";
DROP TABLE "user_artist_blocks";
DROP TABLE "artists";

DROP TYPE "moderation_action_type";
DROP TYPE "report_status";
DROP TYPE "report_reason";
DROP TYPE "moderation_target";
DROP TYPE "list_visibility";
