-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: may this role change any table of this database, or make one
-- since: 15
-- privilege: none
-- cost: reads pg_class with its privileges; stops at the first it finds
-- columns: may_write bool
SELECT (SELECT r.rolsuper FROM pg_catalog.pg_roles r WHERE r.rolname = current_user)
       OR pg_catalog.pg_has_role(current_user, 'pg_write_all_data', 'USAGE')
       OR EXISTS (SELECT
                  FROM pg_catalog.pg_namespace n
                  WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
                    AND pg_catalog.has_schema_privilege(n.oid, 'CREATE'))
       OR EXISTS (SELECT
                  FROM pg_catalog.pg_class c
                  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
                    AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
                    AND (pg_catalog.has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
                         OR pg_catalog.has_any_column_privilege(c.oid, 'INSERT, UPDATE'))) AS may_write
