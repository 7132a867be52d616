-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: data types for \dT ($1: schema, $2: name, as regular expressions or NULL; $3: the system's too)
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: schema text, name text, description text
SELECT n.nspname::text AS schema, pg_catalog.format_type(t.oid, NULL) AS name, pg_catalog.obj_description(t.oid, 'pg_type') AS description
FROM pg_catalog.pg_type t
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
WHERE (t.typrelid = 0 OR (SELECT c.relkind = 'c' FROM pg_catalog.pg_class c WHERE c.oid = t.typrelid))
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_type e WHERE e.oid = t.typelem AND e.typarray = t.oid)
  AND ($1::text IS NULL OR n.nspname OPERATOR(pg_catalog.~) $1::text COLLATE pg_catalog."default")
  AND ($2::text IS NULL OR t.typname OPERATOR(pg_catalog.~) $2::text COLLATE pg_catalog."default")
  AND ($3::bool OR (n.nspname <> 'pg_catalog' AND n.nspname <> 'information_schema' AND n.nspname OPERATOR(pg_catalog.!~) '^pg_toast'))
  AND ($1::text IS NOT NULL OR pg_catalog.pg_type_is_visible(t.oid))
ORDER BY 1, 2
