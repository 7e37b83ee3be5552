DROP TABLE "messages";
DROP TABLE "conversation_participants";
DROP TABLE "conversations";

DROP TYPE "participant_role";
DROP TYPE "conversation_kind";

DROP FUNCTION "plinth"."note_last_message"();
