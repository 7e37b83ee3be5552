-- Businesses (know your business): companies, their industry codes, risk history and compliance checks.

CREATE TYPE "business_status" AS ENUM ('pending', 'active', 'suspended', 'closed');

CREATE TYPE "risk_level" AS ENUM ('low', 'medium', 'high', 'critical');

CREATE TYPE "compliance_status" AS ENUM ('pending', 'compliant', 'under_review', 'non_compliant');

CREATE TYPE "classification_system" AS ENUM ('naics', 'sic', 'mcc', 'nace');

CREATE TYPE "compliance_check_type" AS ENUM ('registration', 'ownership', 'sanctions', 'aml', 'pep', 'adverse_media');

CREATE TYPE "compliance_check_status" AS ENUM ('pending', 'passed', 'failed', 'needs_review', 'expired');

CREATE TABLE "businesses" (
    "id" UUID NOT NULL DEFAULT plinth.uuid_v7(),
    "legal_name" TEXT NOT NULL,
    "trade_name" TEXT,
    "registration_number" TEXT NOT NULL,
    "tax_id" TEXT,
    "country" TEXT NOT NULL,
    "legal_form" TEXT,
    "industry_code" TEXT,
    "email" TEXT,
    "phone" TEXT,
    "website" TEXT,
    "street" TEXT,
    "city" TEXT,
    "region" TEXT,
    "postal_code" TEXT,
    "founded_on" DATE,
    "employee_count" INTEGER,
    "annual_revenue_minor" BIGINT,
    "status" "business_status" NOT NULL DEFAULT 'pending',
    "risk_level" "risk_level" NOT NULL DEFAULT 'medium',
    "compliance_status" "compliance_status" NOT NULL DEFAULT 'pending',
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "deleted_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" UUID,
    "updated_by" UUID,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "businesses_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "business_classifications" (
    "id" UUID NOT NULL DEFAULT plinth.uuid_v7(),
    "business_id" UUID NOT NULL,
    "system" "classification_system" NOT NULL,
    "code" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "confidence" DECIMAL(5,4) NOT NULL,
    "is_primary" BOOLEAN NOT NULL DEFAULT false,
    "source" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" UUID,
    "updated_by" UUID,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "business_classifications_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "risk_assessments" (
    "id" UUID NOT NULL DEFAULT plinth.uuid_v7(),
    "business_id" UUID NOT NULL,
    "score" DECIMAL(5,2) NOT NULL,
    "level" "risk_level" NOT NULL,
    "factors" JSONB NOT NULL DEFAULT '{}',
    "method" TEXT NOT NULL,
    "assessed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" UUID,
    "updated_by" UUID,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "risk_assessments_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "compliance_checks" (
    "id" UUID NOT NULL DEFAULT plinth.uuid_v7(),
    "business_id" UUID NOT NULL,
    "type" "compliance_check_type" NOT NULL,
    "status" "compliance_check_status" NOT NULL DEFAULT 'pending',
    "provider" TEXT NOT NULL,
    "result" JSONB NOT NULL DEFAULT '{}',
    "checked_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" UUID,
    "updated_by" UUID,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "compliance_checks_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "businesses_created_at_id_idx" ON "businesses"("created_at", "id");
CREATE INDEX "businesses_status_created_at_id_idx" ON "businesses"("status", "created_at", "id");
CREATE INDEX "businesses_risk_level_created_at_id_idx" ON "businesses"("risk_level", "created_at", "id");
CREATE INDEX "businesses_compliance_status_created_at_id_idx" ON "businesses"("compliance_status", "created_at", "id");
CREATE INDEX "businesses_legal_name_id_idx" ON "businesses"("legal_name", "id");
CREATE INDEX "businesses_legal_name_trgm_idx" ON "businesses" USING GIN ("legal_name" gin_trgm_ops);
CREATE INDEX "business_classifications_business_id_created_at_id_idx" ON "business_classifications"("business_id", "created_at", "id");
CREATE INDEX "business_classifications_system_code_idx" ON "business_classifications"("system", "code");
CREATE UNIQUE INDEX "business_classifications_business_id_system_code_key" ON "business_classifications"("business_id", "system", "code");
CREATE INDEX "risk_assessments_business_id_assessed_at_id_idx" ON "risk_assessments"("business_id", "assessed_at", "id");
CREATE INDEX "risk_assessments_level_assessed_at_idx" ON "risk_assessments"("level", "assessed_at");
CREATE INDEX "risk_assessments_created_at_id_idx" ON "risk_assessments"("created_at", "id");
CREATE INDEX "compliance_checks_business_id_created_at_id_idx" ON "compliance_checks"("business_id", "created_at", "id");
CREATE INDEX "compliance_checks_status_created_at_id_idx" ON "compliance_checks"("status", "created_at", "id");
CREATE INDEX "compliance_checks_created_at_id_idx" ON "compliance_checks"("created_at", "id");

ALTER TABLE "business_classifications" ADD CONSTRAINT "business_classifications_business_id_fkey" FOREIGN KEY ("business_id") REFERENCES "businesses"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "risk_assessments" ADD CONSTRAINT "risk_assessments_business_id_fkey" FOREIGN KEY ("business_id") REFERENCES "businesses"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "compliance_checks" ADD CONSTRAINT "compliance_checks_business_id_fkey" FOREIGN KEY ("business_id") REFERENCES "businesses"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- One living business per number in a country's register.
CREATE UNIQUE INDEX "businesses_registration_live_key" ON "businesses"("country", "registration_number") WHERE "deleted_at" IS NULL;
-- One primary code per business and system.
CREATE UNIQUE INDEX "business_classifications_primary_key" ON "business_classifications"("business_id", "system") WHERE "is_primary";

ALTER TABLE "businesses" ADD CONSTRAINT "businesses_legal_name_check" CHECK (length(legal_name) BETWEEN 1 AND 300);
ALTER TABLE "businesses" ADD CONSTRAINT "businesses_registration_number_check" CHECK (length(registration_number) BETWEEN 1 AND 64);
ALTER TABLE "businesses" ADD CONSTRAINT "businesses_country_check" CHECK (country ~ '^[A-Z]{2}$');
ALTER TABLE "businesses" ADD CONSTRAINT "businesses_employee_count_check" CHECK (employee_count >= 0);
ALTER TABLE "businesses" ADD CONSTRAINT "businesses_annual_revenue_minor_check" CHECK (annual_revenue_minor >= 0);
ALTER TABLE "businesses" ADD CONSTRAINT "businesses_metadata_check" CHECK (jsonb_typeof(metadata) = 'object');
ALTER TABLE "business_classifications" ADD CONSTRAINT "business_classifications_confidence_check" CHECK (confidence BETWEEN 0 AND 1);
ALTER TABLE "business_classifications" ADD CONSTRAINT "business_classifications_code_check" CHECK (code ~ '^[A-Z0-9.]{1,12}$');
ALTER TABLE "risk_assessments" ADD CONSTRAINT "risk_assessments_score_check" CHECK (score BETWEEN 0 AND 100);
ALTER TABLE "risk_assessments" ADD CONSTRAINT "risk_assessments_factors_check" CHECK (jsonb_typeof(factors) = 'object');
ALTER TABLE "compliance_checks" ADD CONSTRAINT "compliance_checks_result_check" CHECK (jsonb_typeof(result) = 'object');
ALTER TABLE "compliance_checks" ADD CONSTRAINT "compliance_checks_checked_at_check" CHECK (checked_at IS NOT NULL OR status = 'pending');

-- Kept for every writer, also psql and raw SQL.
CREATE TRIGGER "businesses_touch" BEFORE UPDATE ON "businesses"
  FOR EACH ROW EXECUTE FUNCTION "plinth"."touch_row"();
CREATE TRIGGER "business_classifications_touch" BEFORE UPDATE ON "business_classifications"
  FOR EACH ROW EXECUTE FUNCTION "plinth"."touch_row"();
CREATE TRIGGER "risk_assessments_touch" BEFORE UPDATE ON "risk_assessments"
  FOR EACH ROW EXECUTE FUNCTION "plinth"."touch_row"();
CREATE TRIGGER "compliance_checks_touch" BEFORE UPDATE ON "compliance_checks"
  FOR EACH ROW EXECUTE FUNCTION "plinth"."touch_row"();
