-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: what a linter asks of the tables that a migration names ($1, a JSON array of names as they are written): rows by the server's statistics, columns
-- since: 15
-- privilege: none
-- cost: cheap: only these tables
-- columns: relation text, rows int8, partitioned bool, columns text
SELECT n.nspname || '.' || c.relname AS relation, CASE WHEN c.reltuples >= 0 THEN c.reltuples::int8 END AS rows, c.relkind = 'p' AS partitioned,
       (SELECT pg_catalog.json_object_agg(a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod))::text
        FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND EXISTS (SELECT 1 FROM pg_catalog.json_array_elements_text($1::pg_catalog.json) AS w (name) WHERE w.name IN (c.relname, n.nspname || '.' || c.relname))
ORDER BY 1
