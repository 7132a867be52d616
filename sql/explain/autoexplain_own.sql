-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: where a role or a database has settings of its own that bear on plans in the log, in place of the server's
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: role text, database text, line text
SELECT r.rolname::text AS role, d.datname::text AS database, c.line
FROM pg_catalog.pg_db_role_setting AS s
CROSS JOIN LATERAL pg_catalog.unnest(s.setconfig) AS c(line)
LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = s.setrole
LEFT JOIN pg_catalog.pg_database AS d ON d.oid = s.setdatabase
WHERE pg_catalog.starts_with(c.line, 'auto_explain.') OR pg_catalog.starts_with(c.line, 'session_preload_libraries=')
ORDER BY 1, 2, 3
