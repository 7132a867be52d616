-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the constraints of relations; from 18 on NOT NULL is one ($1: an array of the relations' oids)
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: relation oid, oid oid, name text, type text, definition text, validated bool, inherited bool, comment text, locked bool
WITH held AS MATERIALIZED (
    -- The server's deparsing functions open the relation and would wait behind an exclusive lock, held or wanted (VACUUM FULL, ALTER
    -- TABLE): a list must not. What they would say is NULL then, and "locked" tells why.
    SELECT DISTINCT l.relation AS oid FROM pg_catalog.pg_locks l
    WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock' AND l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()
      AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())
)
SELECT k.conrelid AS relation, k.oid, k.conname::text AS name,
       CASE k.contype WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique' WHEN 'f' THEN 'foreign key' WHEN 'c' THEN 'check'
            WHEN 'x' THEN 'exclusion' WHEN 'n' THEN 'not null' ELSE k.contype::text END AS type,
       -- The server's text says NOT VALID and NOT ENFORCED itself.
       CASE WHEN held.oid IS NULL THEN pg_catalog.pg_get_constraintdef(k.oid) END AS definition, k.convalidated AS validated, NOT k.conislocal AS inherited,
       d.description AS comment,
       held.oid IS NOT NULL AS locked
FROM pg_catalog.pg_constraint k
LEFT JOIN held ON held.oid = k.conrelid
LEFT JOIN pg_catalog.pg_description d ON d.objoid = k.oid AND d.classoid = 'pg_catalog.pg_constraint'::pg_catalog.regclass AND d.objsubid = 0
WHERE k.conrelid = ANY ($1::pg_catalog.oid[]) AND k.contype <> 't' -- a constraint trigger is listed as the trigger it is
ORDER BY k.conrelid, k.conname::text COLLATE "C"
