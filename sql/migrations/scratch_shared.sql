-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: which of the catalogs that all databases share the open transaction has changed: the server keeps such locks to its end; none: nothing of theirs. Not told by them: DROP OWNED, REASSIGN OWNED, GRANT ON DATABASE
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: changed text
SELECT pg_catalog.string_agg(c.relname, ', ' ORDER BY c.relname) AS changed
FROM pg_catalog.pg_locks AS l
JOIN pg_catalog.pg_class AS c ON c.oid = l.relation
WHERE l.pid = pg_catalog.pg_backend_pid() AND l.locktype = 'relation' AND l.granted AND l.database = 0 AND c.relkind = 'r' AND c.relname <> 'pg_shdepend'
  AND l.mode IN ('RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
