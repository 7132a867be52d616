-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the triggers of relations, without those the server keeps for its own constraints ($1: an array of the relations' oids)
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: relation oid, oid oid, name text, definition text, enabled text, comment text
SELECT t.tgrelid AS relation, t.oid, t.tgname::text AS name, pg_catalog.pg_get_triggerdef(t.oid) AS definition,
       CASE t.tgenabled WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica only' WHEN 'A' THEN 'always' ELSE '' END AS enabled,
       d.description AS comment
FROM pg_catalog.pg_trigger t
LEFT JOIN pg_catalog.pg_description d ON d.objoid = t.oid AND d.classoid = 'pg_catalog.pg_trigger'::pg_catalog.regclass AND d.objsubid = 0
WHERE t.tgrelid = ANY ($1::pg_catalog.oid[]) AND NOT t.tgisinternal
ORDER BY t.tgrelid, t.tgname::text COLLATE "C"
