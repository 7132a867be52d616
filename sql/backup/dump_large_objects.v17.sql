-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: how many large objects the connected role may not read
-- since: 15
-- privilege: none
-- cost: heavy (each large object is looked at)
-- columns: unreadable int8
SELECT pg_catalog.count(*) AS unreadable
FROM pg_catalog.pg_largeobject_metadata AS m
WHERE NOT pg_catalog.current_setting('lo_compat_privileges')::pg_catalog.bool
  AND NOT (SELECT r.rolsuper FROM pg_catalog.pg_roles AS r WHERE r.rolname = CURRENT_USER)
  AND NOT EXISTS (SELECT 1 FROM pg_catalog.aclexplode(COALESCE(m.lomacl, pg_catalog.acldefault('L', m.lomowner))) AS a
                  WHERE a.privilege_type = 'SELECT' AND (a.grantee = 0 OR pg_catalog.pg_has_role(a.grantee, 'USAGE')))
