-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: where HypoPG is installed in this database, and whether this role may use it; no row: it is not
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: schema name, version text, permitted bool
SELECT n.nspname AS schema, e.extversion AS version,
       -- Of the extension itself: a function of that name can be anybody's.
       coalesce((SELECT pg_catalog.bool_and(pg_catalog.has_function_privilege(f.oid, 'EXECUTE')) AND pg_catalog.count(*) >= 3
                 FROM pg_catalog.pg_depend AS d
                 JOIN pg_catalog.pg_proc AS f ON f.oid = d.objid
                 WHERE d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass AND d.refobjid = e.oid AND d.deptype = 'e'
                   AND d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass
                   AND f.proname IN ('hypopg_create_index', 'hypopg_relation_size', 'hypopg_reset')), false)
       AND pg_catalog.has_schema_privilege(n.oid, 'USAGE') AS permitted
FROM pg_catalog.pg_extension AS e
JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
WHERE e.extname = 'hypopg'
