-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: a trigger's text by pg_get_triggerdef ($1: oid)
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: definition text
SELECT pg_catalog.concat(pg_catalog.pg_get_triggerdef(t.oid), E';\n',
           CASE WHEN t.tgenabled <> 'O' THEN pg_catalog.format(E'ALTER TABLE %I.%I %s TRIGGER %I;\n', n.nspname, c.relname,
               CASE t.tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END, t.tgname) END) AS definition
FROM pg_catalog.pg_trigger t
JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE t.oid = $1::pg_catalog.oid
