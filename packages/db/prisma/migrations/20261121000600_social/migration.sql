-- Social: conversations, who takes part, and messages that can be searched by words and by similarity.

CREATE TYPE "conversation_kind" AS ENUM ('direct', 'group');

CREATE TYPE "participant_role" AS ENUM ('owner', 'member');

CREATE TABLE "conversations" (
    "id" UUID NOT NULL DEFAULT plinth.uuid_v7(),
    "kind" "conversation_kind" NOT NULL DEFAULT 'direct',
    "subject" TEXT,
    "last_message_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" UUID,
    "updated_by" UUID,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "conversations_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "conversation_participants" (
    "id" UUID NOT NULL DEFAULT plinth.uuid_v7(),
    "conversation_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "role" "participant_role" NOT NULL DEFAULT 'member',
    "joined_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "left_at" TIMESTAMPTZ(3),
    "last_read_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" UUID,
    "updated_by" UUID,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "conversation_participants_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "messages" (
    "id" UUID NOT NULL DEFAULT plinth.uuid_v7(),
    "conversation_id" UUID NOT NULL,
    "sender_id" UUID,
    "body" TEXT NOT NULL,
    "edited_at" TIMESTAMPTZ(3),
    "deleted_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" UUID,
    "updated_by" UUID,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "messages_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "conversations_last_message_at_id_idx" ON "conversations"("last_message_at", "id");
CREATE INDEX "conversations_created_at_id_idx" ON "conversations"("created_at", "id");
CREATE INDEX "conversation_participants_user_id_created_at_id_idx" ON "conversation_participants"("user_id", "created_at", "id");
CREATE UNIQUE INDEX "conversation_participants_conversation_id_user_id_key" ON "conversation_participants"("conversation_id", "user_id");
CREATE INDEX "messages_conversation_id_created_at_id_idx" ON "messages"("conversation_id", "created_at", "id");
CREATE INDEX "messages_sender_id_idx" ON "messages"("sender_id");
CREATE INDEX "messages_body_trgm_idx" ON "messages" USING GIN ("body" gin_trgm_ops);

ALTER TABLE "conversation_participants" ADD CONSTRAINT "conversation_participants_conversation_id_fkey" FOREIGN KEY ("conversation_id") REFERENCES "conversations"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "conversation_participants" ADD CONSTRAINT "conversation_participants_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "messages" ADD CONSTRAINT "messages_conversation_id_fkey" FOREIGN KEY ("conversation_id") REFERENCES "conversations"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "messages" ADD CONSTRAINT "messages_sender_id_fkey" FOREIGN KEY ("sender_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- Words in any language: no stemming. (Expression index, so Prisma leaves it alone.)
CREATE INDEX "messages_body_fts_idx" ON "messages" USING GIN (to_tsvector('simple'::regconfig, body));

ALTER TABLE "conversations" ADD CONSTRAINT "conversations_subject_check" CHECK (length(subject) BETWEEN 1 AND 200);
ALTER TABLE "conversation_participants" ADD CONSTRAINT "conversation_participants_left_at_check" CHECK (left_at IS NULL OR left_at >= joined_at);
ALTER TABLE "messages" ADD CONSTRAINT "messages_body_check" CHECK (length(body) BETWEEN 1 AND 10000);

-- The inbox is ordered by the newest message; one writer keeps it, so that no path forgets.
CREATE FUNCTION "plinth"."note_last_message"() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE public.conversations SET last_message_at = greatest(last_message_at, NEW.created_at) WHERE id = NEW.conversation_id;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION "plinth"."note_last_message"() FROM PUBLIC;
CREATE TRIGGER "messages_note_last" AFTER INSERT ON "messages"
  FOR EACH ROW EXECUTE FUNCTION "plinth"."note_last_message"();

-- Kept for every writer, also psql and raw SQL.
CREATE TRIGGER "conversations_touch" BEFORE UPDATE ON "conversations"
  FOR EACH ROW EXECUTE FUNCTION "plinth"."touch_row"();
CREATE TRIGGER "conversation_participants_touch" BEFORE UPDATE ON "conversation_participants"
  FOR EACH ROW EXECUTE FUNCTION "plinth"."touch_row"();
CREATE TRIGGER "messages_touch" BEFORE UPDATE ON "messages"
  FOR EACH ROW EXECUTE FUNCTION "plinth"."touch_row"();
