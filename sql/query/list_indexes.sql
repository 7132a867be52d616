-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: indexes for \di ($1: schema, $2: name, as regular expressions or NULL; $3: the system's too)
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: schema text, name text, type text, owner text, relation text
SELECT n.nspname::text AS schema, c.relname::text AS name,
       CASE c.relkind WHEN 'I' THEN 'partitioned index' ELSE 'index' END AS type,
       pg_catalog.pg_get_userbyid(c.relowner)::text AS owner, t.relname::text AS relation
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
JOIN pg_catalog.pg_class t ON t.oid = i.indrelid
WHERE ($1::text IS NULL OR n.nspname OPERATOR(pg_catalog.~) $1::text COLLATE pg_catalog."default")
  AND ($2::text IS NULL OR c.relname OPERATOR(pg_catalog.~) $2::text COLLATE pg_catalog."default")
  AND ($3::bool OR (n.nspname <> 'pg_catalog' AND n.nspname <> 'information_schema' AND n.nspname OPERATOR(pg_catalog.!~) '^pg_toast'))
  AND ($1::text IS NOT NULL OR pg_catalog.pg_table_is_visible(c.oid))
ORDER BY 1, 2
