-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: what a restore is to know of the server and of its role
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: said text
--   a JSON object, so that a name can't be taken for the end of its line
SELECT pg_catalog.json_build_object(
           'version', pg_catalog.split_part(pg_catalog.current_setting('server_version'), ' ', 1),
           'version_num', pg_catalog.current_setting('server_version_num')::pg_catalog.int4,
           'in_recovery', pg_catalog.pg_is_in_recovery(),
           'role', r.rolname, 'superuser', r.rolsuper, 'create_database', r.rolsuper OR r.rolcreatedb,
           'databases', (SELECT pg_catalog.json_agg(d.datname) FROM pg_catalog.pg_database AS d))::pg_catalog.text AS said
FROM pg_catalog.pg_roles AS r
WHERE r.rolname = CURRENT_USER
