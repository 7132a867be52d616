-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: how many large objects the connected role may not read
-- since: 18
-- privilege: none
-- cost: heavy (each large object is looked at)
-- columns: unreadable int8
SELECT pg_catalog.count(*) AS unreadable
FROM pg_catalog.pg_largeobject_metadata AS m
WHERE NOT pg_catalog.current_setting('lo_compat_privileges')::pg_catalog.bool AND NOT pg_catalog.has_largeobject_privilege(m.oid, 'SELECT')
