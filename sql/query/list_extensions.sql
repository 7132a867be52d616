-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: extensions for \dx ($1: name, a regular expression or NULL)
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: name text, version text, schema text, description text
SELECT e.extname::text AS name, e.extversion AS version, n.nspname::text AS schema, pg_catalog.obj_description(e.oid, 'pg_extension') AS description
FROM pg_catalog.pg_extension e
LEFT JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
WHERE $1::text IS NULL OR e.extname OPERATOR(pg_catalog.~) $1::text COLLATE pg_catalog."default"
ORDER BY 1
