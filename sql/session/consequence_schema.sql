-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: is there a schema $1, and how many objects stand in it
-- since: 15
-- privilege: none
-- cost: reads pg_depend by its index
-- columns: found int8, dependants int8
SELECT (SELECT pg_catalog.count(*) FROM pg_catalog.pg_namespace n WHERE n.nspname OPERATOR(pg_catalog.=) $1::pg_catalog.name) AS found,
       (SELECT pg_catalog.count(DISTINCT (d.classid, d.objid))
        FROM pg_catalog.pg_namespace n
        JOIN pg_catalog.pg_depend d
          ON d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_namespace'::pg_catalog.regclass AND d.refobjid OPERATOR(pg_catalog.=) n.oid
        WHERE n.nspname OPERATOR(pg_catalog.=) $1::pg_catalog.name AND d.deptype = 'n') AS dependants
