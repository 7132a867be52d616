-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the call of a health function of this name ($1) that the database's owner made, ready to run; no row where there is none or this role may not run it
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: call text, name text
SELECT pg_catalog.format('SELECT %I.%I() AS report', n.nspname, p.proname) AS call, pg_catalog.format('%I.%I()', n.nspname, p.proname) AS name
FROM pg_catalog.pg_proc p
JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
JOIN pg_catalog.pg_roles r ON r.oid = p.proowner
-- Taken only where running it lends our rights to nobody: it runs with its owner's rights, or its owner has more than we have.
WHERE p.proname = $1::text AND p.pronargs = 0 AND p.prokind = 'f' AND NOT p.proretset
  AND p.prorettype IN ('pg_catalog.json'::pg_catalog.regtype, 'pg_catalog.jsonb'::pg_catalog.regtype)
  AND (p.prosecdef OR r.rolsuper OR r.rolname = current_user)
  AND pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_function_privilege(p.oid, 'EXECUTE')
ORDER BY n.nspname <> 'public', n.nspname::text COLLATE "C"
LIMIT 1
