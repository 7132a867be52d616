-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: where pg_stat_statements is installed in this database and what it counts; no row where it is not
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: schema name, version text, columns text, has_info bool
SELECT n.nspname AS schema, e.extversion AS version,
       -- The names of what its function gives, parted by blanks: the extension may be older than the server.
       (SELECT pg_catalog.string_agg(f.proargnames[a.i], ' ' ORDER BY a.i)
        FROM pg_catalog.pg_depend AS d
        JOIN pg_catalog.pg_proc AS f ON f.oid = d.objid
        CROSS JOIN LATERAL pg_catalog.generate_subscripts(f.proargmodes, 1) AS a(i)
        WHERE d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass AND d.refobjid = e.oid AND d.deptype = 'e'
          AND d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND f.proname = 'pg_stat_statements' AND f.proargmodes[a.i] = 'o') AS columns,
       EXISTS (SELECT FROM pg_catalog.pg_proc AS f
               WHERE f.proname = 'pg_stat_statements_info' AND f.pronamespace = e.extnamespace) AS has_info
FROM pg_catalog.pg_extension AS e
JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
WHERE e.extname = 'pg_stat_statements'
