-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the names of roles and databases
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: is_role bool, oid oid, name name
SELECT true AS is_role, oid, rolname AS name FROM pg_catalog.pg_roles
UNION ALL
SELECT false, oid, datname FROM pg_catalog.pg_database
