-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the search_path that sessions of the role of this name ($1) begin with in this database; usual NULL: nobody says
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: now text, usual text
SELECT '' AS now,
       (SELECT pg_catalog.substr(c.line, pg_catalog.length('search_path=') + 1)
        FROM pg_catalog.pg_db_role_setting AS s
        LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = s.setrole
        CROSS JOIN LATERAL pg_catalog.unnest(s.setconfig) AS c(line)
        WHERE pg_catalog.starts_with(c.line, 'search_path=') AND (s.setrole = 0 OR r.rolname = $1)
          AND (s.setdatabase = 0 OR s.setdatabase = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database()))
        ORDER BY (s.setrole <> 0) DESC, (s.setdatabase <> 0) DESC
        LIMIT 1) AS usual
