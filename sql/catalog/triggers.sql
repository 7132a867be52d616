-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the triggers of relations, without those the server keeps for its own constraints ($1: an array of the relations' oids)
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: relation oid, oid oid, name text, definition text, enabled text, comment text, locked bool
WITH held AS MATERIALIZED (
    -- The server's deparsing functions open the relation and would wait behind an exclusive lock, held or wanted (VACUUM FULL, ALTER
    -- TABLE): a list must not. What they would say is NULL then, and "locked" tells why.
    SELECT DISTINCT l.relation AS oid FROM pg_catalog.pg_locks l
    WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock' AND l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()
      AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())
)
SELECT t.tgrelid AS relation, t.oid, t.tgname::text AS name, CASE WHEN held.oid IS NULL THEN pg_catalog.pg_get_triggerdef(t.oid) END AS definition,
       CASE t.tgenabled WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica only' WHEN 'A' THEN 'always' ELSE '' END AS enabled,
       d.description AS comment,
       held.oid IS NOT NULL AS locked
FROM pg_catalog.pg_trigger t
LEFT JOIN held ON held.oid = t.tgrelid
LEFT JOIN pg_catalog.pg_description d ON d.objoid = t.oid AND d.classoid = 'pg_catalog.pg_trigger'::pg_catalog.regclass AND d.objsubid = 0
WHERE t.tgrelid = ANY ($1::pg_catalog.oid[]) AND NOT t.tgisinternal
ORDER BY t.tgrelid, t.tgname::text COLLATE "C"
