-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: whether a managed cloud runs this server, by the role that each of them makes: none of these gives out base backups or WAL
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: role text
SELECT rolname::text AS role
FROM pg_catalog.pg_roles
WHERE rolname IN ('rds_superuser', 'azure_pg_admin', 'cloudsqlsuperuser', 'alloydbsuperuser', 'neon_superuser')
  AND NOT (SELECT r.rolsuper FROM pg_catalog.pg_roles r WHERE r.rolname = CURRENT_USER)
ORDER BY 1
LIMIT 1
