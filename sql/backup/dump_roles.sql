-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the roles that the database's objects name, as owners, in grants and in policies; the bootstrap superuser's part is not recorded by the server
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: role text
SELECT DISTINCT r.rolname::pg_catalog.text AS role
FROM pg_catalog.pg_shdepend AS s
JOIN pg_catalog.pg_roles AS r ON r.oid = s.refobjid
WHERE s.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass
  AND s.dbid = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database())
ORDER BY 1
