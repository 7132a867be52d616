-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the schemas of the connected database, temporary ones of other sessions left out
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: oid oid, name text, owner text, comment text, system bool, permitted bool
SELECT n.oid, n.nspname::text AS name, pg_catalog.pg_get_userbyid(n.nspowner)::text AS owner,
       pg_catalog.obj_description(n.oid, 'pg_namespace') AS comment,
       n.nspname = 'information_schema' OR n.nspname ^@ 'pg_' AS system,
       pg_catalog.has_schema_privilege(n.oid, 'USAGE') AS permitted
FROM pg_catalog.pg_namespace n
WHERE NOT (n.nspname ^@ 'pg_temp_' OR n.nspname ^@ 'pg_toast_temp_') OR n.oid = pg_catalog.pg_my_temp_schema()
ORDER BY n.nspname::text COLLATE "C"
