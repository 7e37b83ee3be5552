DROP TABLE "compliance_checks";
DROP TABLE "risk_assessments";
DROP TABLE "business_classifications";
DROP TABLE "businesses";

DROP TYPE "compliance_check_status";
DROP TYPE "compliance_check_type";
DROP TYPE "classification_system";
DROP TYPE "compliance_status";
DROP TYPE "risk_level";
DROP TYPE "business_status";
