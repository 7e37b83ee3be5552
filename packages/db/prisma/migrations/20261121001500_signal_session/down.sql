DROP FUNCTION "plinth"."signal_session"(integer, timestamptz, text, text, inet, text);
