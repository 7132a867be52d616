-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the functions, procedures and aggregates of one schema, each overload by itself ($1: the schema's oid)
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: oid oid, name text, schema text, arguments text, result text, kind text, language text, owner text, comment text, definer bool, system bool
SELECT p.oid, p.proname::text AS name, n.nspname::text AS schema,
       pg_catalog.pg_get_function_identity_arguments(p.oid) AS arguments, pg_catalog.pg_get_function_result(p.oid) AS result,
       p.prokind::text AS kind, l.lanname::text AS language, pg_catalog.pg_get_userbyid(p.proowner)::text AS owner,
       d.description AS comment, p.prosecdef AS definer,
       n.nspname = 'information_schema' OR n.nspname ^@ 'pg_' AS system
FROM pg_catalog.pg_proc p
JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
JOIN pg_catalog.pg_language l ON l.oid = p.prolang
LEFT JOIN pg_catalog.pg_description d ON d.objoid = p.oid AND d.classoid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.objsubid = 0
WHERE p.pronamespace = $1::pg_catalog.oid
ORDER BY p.proname::text COLLATE "C", pg_catalog.pg_get_function_identity_arguments(p.oid) COLLATE "C"
