-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the roles of a cluster, without its own
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: role text
SELECT r.rolname::text AS role
FROM pg_catalog.pg_roles AS r
WHERE r.rolname !~ '^pg_'
ORDER BY 1
