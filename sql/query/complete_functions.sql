-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: functions for completion, each name once; of the system's own those that are called by name
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: schema text, name text, arguments text
SELECT n.nspname::text AS schema, p.proname::text AS name,
       CASE WHEN pg_catalog.count(*) > 1 THEN pg_catalog.count(*)::text || ' functions'
            ELSE pg_catalog.min(pg_catalog.pg_get_function_identity_arguments(p.oid)) END AS arguments
FROM pg_catalog.pg_proc p
JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
WHERE NOT ('internal'::pg_catalog.regtype = ANY (p.proargtypes) OR p.prorettype = 'trigger'::pg_catalog.regtype)
GROUP BY 1, 2
ORDER BY 2, 1
