-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: schemas for \dn ($1: name, a regular expression or NULL; $2: the system's too)
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: name text, owner text, privileges text, description text
SELECT n.nspname::text AS name, pg_catalog.pg_get_userbyid(n.nspowner)::text AS owner, pg_catalog.array_to_string(n.nspacl, E'\n') AS privileges,
       pg_catalog.obj_description(n.oid, 'pg_namespace') AS description
FROM pg_catalog.pg_namespace n
WHERE ($1::text IS NULL OR n.nspname OPERATOR(pg_catalog.~) $1::text COLLATE pg_catalog."default")
  AND ($2::bool OR (n.nspname OPERATOR(pg_catalog.!~) '^pg_' AND n.nspname <> 'information_schema'))
ORDER BY 1
