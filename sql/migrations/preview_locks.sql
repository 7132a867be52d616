-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the locks on relations that this backend ($1) has at this moment
-- since: 15
-- privilege: none
-- cost: cheap; takes the lock table's own short locks
-- columns: oid int8, mode text
SELECT l.relation::int8 AS oid, l.mode
FROM pg_catalog.pg_locks AS l
WHERE l.pid = $1::int4 AND l.locktype = 'relation' AND l.granted
  AND l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database()) AND l.relation >= 16384
