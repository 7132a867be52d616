-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: schemas for completion, and whether the role's own search_path here has them (this link's is empty)
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: schema text, on_path bool
WITH path AS (
  SELECT coalesce((SELECT pg_catalog.substr(c.setting, 13)
                   FROM pg_catalog.pg_db_role_setting s CROSS JOIN LATERAL pg_catalog.unnest(s.setconfig) AS c (setting)
                   WHERE pg_catalog.starts_with(c.setting, 'search_path=')
                     AND s.setdatabase IN (0, (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()))
                     AND s.setrole IN (0, (SELECT r.oid FROM pg_catalog.pg_roles r WHERE r.rolname = current_user))
                   ORDER BY s.setrole <> 0 DESC, s.setdatabase <> 0 DESC LIMIT 1), '"$user", public') AS setting
)
SELECT n.nspname::text AS schema,
       n.nspname = 'pg_catalog' OR EXISTS (
         SELECT FROM path CROSS JOIN LATERAL pg_catalog.string_to_table(path.setting, ',') AS part
         WHERE pg_catalog.replace(pg_catalog.btrim(part, ' "'), '$user', current_user::text) = n.nspname::text) AS on_path
FROM pg_catalog.pg_namespace n
WHERE NOT pg_catalog.starts_with(n.nspname::text, 'pg_toast') AND NOT pg_catalog.starts_with(n.nspname::text, 'pg_temp_')
ORDER BY 1
