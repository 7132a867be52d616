-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: functions for \df ($1: schema, $2: name, as regular expressions or NULL; $3: the system's too)
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: schema text, name text, result text, arguments text, type text
SELECT n.nspname::text AS schema, p.proname::text AS name, pg_catalog.pg_get_function_result(p.oid) AS result,
       pg_catalog.pg_get_function_arguments(p.oid) AS arguments, CASE p.prokind WHEN 'a' THEN 'agg' WHEN 'w' THEN 'window' WHEN 'p' THEN 'proc' ELSE 'func' END AS type
FROM pg_catalog.pg_proc p
JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
JOIN pg_catalog.pg_language l ON l.oid = p.prolang
WHERE ($1::text IS NULL OR n.nspname OPERATOR(pg_catalog.~) $1::text COLLATE pg_catalog."default")
  AND ($2::text IS NULL OR p.proname OPERATOR(pg_catalog.~) $2::text COLLATE pg_catalog."default")
  AND ($3::bool OR (n.nspname <> 'pg_catalog' AND n.nspname <> 'information_schema' AND n.nspname OPERATOR(pg_catalog.!~) '^pg_toast'))
  AND ($1::text IS NOT NULL OR pg_catalog.pg_function_is_visible(p.oid))
ORDER BY 1, 2, 4
