-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: access privileges for \dp and \z ($1: schema, $2: name, as regular expressions or NULL; $3: the system's too)
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: schema text, name text, type text, privileges text, column_privileges text, policies text
SELECT n.nspname::text AS schema, c.relname::text AS name,
       CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view'
            WHEN 'i' THEN 'index' WHEN 'I' THEN 'partitioned index' WHEN 'S' THEN 'sequence' WHEN 'f' THEN 'foreign table' WHEN 't' THEN 'TOAST table'
            WHEN 'c' THEN 'composite type' ELSE c.relkind::text END AS type,
       pg_catalog.array_to_string(c.relacl, E'\n') AS privileges,
       (SELECT pg_catalog.string_agg(a.attname || E':\n  ' || pg_catalog.array_to_string(a.attacl, E'\n  '), E'\n' ORDER BY a.attnum)
        FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND NOT a.attisdropped AND a.attacl IS NOT NULL) AS column_privileges,
       (SELECT pg_catalog.string_agg(p.polname, E'\n' ORDER BY p.polname) FROM pg_catalog.pg_policy p WHERE p.polrelid = c.oid) AS policies
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'v', 'm', 'S', 'f', 'p')
  AND ($1::text IS NULL OR n.nspname OPERATOR(pg_catalog.~) $1::text COLLATE pg_catalog."default")
  AND ($2::text IS NULL OR c.relname OPERATOR(pg_catalog.~) $2::text COLLATE pg_catalog."default")
  AND ($3::bool OR (n.nspname <> 'pg_catalog' AND n.nspname <> 'information_schema' AND n.nspname OPERATOR(pg_catalog.!~) '^pg_toast'))
  AND ($1::text IS NOT NULL OR pg_catalog.pg_table_is_visible(c.oid))
ORDER BY 1, 2
