-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: relations for \dt+ and the like, with size ($1: schema, $2: name, as regular expressions or NULL; $3: the system's too; $4: kinds)
-- since: 15
-- privilege: none
-- cost: heavy: the size of each
-- columns: schema text, name text, type text, owner text, persistence text, access_method text, size text, description text
SELECT n.nspname::text AS schema, c.relname::text AS name,
       CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view'
            WHEN 'i' THEN 'index' WHEN 'I' THEN 'partitioned index' WHEN 'S' THEN 'sequence' WHEN 'f' THEN 'foreign table' WHEN 't' THEN 'TOAST table'
            WHEN 'c' THEN 'composite type' ELSE c.relkind::text END AS type,
       pg_catalog.pg_get_userbyid(c.relowner)::text AS owner,
       CASE c.relpersistence WHEN 'p' THEN 'permanent' WHEN 't' THEN 'temporary' WHEN 'u' THEN 'unlogged' END AS persistence,
       a.amname::text AS access_method,
       pg_catalog.pg_size_pretty(pg_catalog.pg_table_size(c.oid)) AS size,
       pg_catalog.obj_description(c.oid, 'pg_class') AS description
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_am a ON a.oid = c.relam
WHERE c.relkind = ANY ($4::"char"[])
  AND ($1::text IS NULL OR n.nspname OPERATOR(pg_catalog.~) $1::text COLLATE pg_catalog."default")
  AND ($2::text IS NULL OR c.relname OPERATOR(pg_catalog.~) $2::text COLLATE pg_catalog."default")
  AND ($3::bool OR (n.nspname <> 'pg_catalog' AND n.nspname <> 'information_schema' AND n.nspname OPERATOR(pg_catalog.!~) '^pg_toast'))
  AND ($1::text IS NOT NULL OR pg_catalog.pg_table_is_visible(c.oid))
ORDER BY 1, 2
