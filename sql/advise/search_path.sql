-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the search_path that sessions of the role $1 begin with in this database, as far as roles and databases say; NULL: they say nothing
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: usual text
SELECT (SELECT pg_catalog.substr(c.line, pg_catalog.length('search_path=') + 1)
        FROM pg_catalog.pg_db_role_setting AS s
        CROSS JOIN LATERAL pg_catalog.unnest(s.setconfig) AS c(line)
        WHERE pg_catalog.starts_with(c.line, 'search_path=')
          AND (s.setrole = 0 OR s.setrole = $1::pg_catalog.oid)
          AND (s.setdatabase = 0 OR s.setdatabase = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()))
        -- The role in the database, the role, the database, all roles.
        ORDER BY (s.setrole <> 0) DESC, (s.setdatabase <> 0) DESC
        LIMIT 1) AS usual
