-- For `plinth migrate verify`: hashes of 32 bytes and first days of months are not to be guessed.
INSERT INTO "audit"."audit_seals" ("system_identifier", "from_xid", "to_xid", "row_count", "digest", "previous_chain", "chain", "month")
VALUES (1, '1', '2', 0, sha256('a'), sha256(''), sha256('b'), DATE '2026-10-01'),
       (1, '2', '3', 0, sha256('c'), sha256('b'), sha256('d'), DATE '2026-11-01');
