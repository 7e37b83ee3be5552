DROP TABLE "plinth"."seeded_ranges";
DROP TABLE "plinth"."seeded_rows";
DROP TABLE "plinth"."seed_runs";
