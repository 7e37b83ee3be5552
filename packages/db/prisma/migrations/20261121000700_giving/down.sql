DROP TABLE "contributions";
DROP TABLE "campaign_members";
DROP TABLE "campaigns";

DROP TYPE "contribution_status";
DROP TYPE "campaign_role";
DROP TYPE "campaign_status";
