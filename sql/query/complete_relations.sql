-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: tables, views and sequences for completion
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: schema text, name text, kind text
SELECT n.nspname::text AS schema, c.relname::text AS name,
       CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence' WHEN 'f' THEN 'foreign table' ELSE 'table' END AS kind
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
  AND NOT pg_catalog.starts_with(n.nspname::text, 'pg_toast') AND NOT pg_catalog.starts_with(n.nspname::text, 'pg_temp_')
ORDER BY 2, 1
