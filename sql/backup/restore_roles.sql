-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the roles of the cluster, and which of them the connected one may become, as ALTER … OWNER demands
-- since: 16
-- privilege: none
-- cost: cheap
-- columns: said text
--   a JSON array of name and whether it can be set
SELECT pg_catalog.json_build_array(r.rolname, pg_catalog.pg_has_role(r.oid, 'SET'))::pg_catalog.text AS said
FROM pg_catalog.pg_roles AS r
ORDER BY r.rolname
