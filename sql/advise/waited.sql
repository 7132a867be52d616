-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the relation that each of the processes $1 waits for a lock on, or on a row of
-- since: 15
-- privilege: none
-- cost: heavy on a server with many locks: copies the lock table; asked only while somebody waits
-- columns: pid int4, database oid, relation oid
SELECT DISTINCT ON (l.pid) l.pid, l.database, l.relation
FROM pg_catalog.pg_locks AS l
WHERE l.pid = ANY ($1::pg_catalog.int4[]) AND l.relation IS NOT NULL
  -- Who waits for a transaction's end because of a row holds the lock of that row meanwhile.
  AND (NOT l.granted OR l.locktype = 'tuple')
ORDER BY l.pid, l.granted
