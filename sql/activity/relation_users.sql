-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: who uses relation $1 of this database now: a line for each session or prepared transaction that holds or waits for a lock on it, those that wait first
-- since: 15
-- privilege: pg_read_all_stats (in pg_monitor) for what others do; without it state and query are NULL
-- cost: heavy: copies the lock table; on request
-- columns: pid int4, prepared_gid text, modes text, granted bool, waiting_ms int8, role text, application text, state text, xact_ms int8, query text, permitted bool
SELECT l.pid, p.gid::text AS prepared_gid, pg_catalog.string_agg(l.mode, ', ' ORDER BY l.mode) AS modes, pg_catalog.bool_and(l.granted) AS granted,
       (extract(epoch FROM pg_catalog.clock_timestamp() - pg_catalog.min(l.waitstart)) * 1000)::int8 AS waiting_ms,
       a.usename::text AS role, a.application_name AS application, a.state,
       (extract(epoch FROM pg_catalog.clock_timestamp() - a.xact_start) * 1000)::int8 AS xact_ms, pg_catalog.left(a.query, 1000) AS query,
       pg_catalog.pg_has_role('pg_read_all_stats', 'USAGE') OR (a.usesysid IS NOT NULL AND pg_catalog.pg_has_role(a.usesysid, 'USAGE')) AS permitted
FROM pg_catalog.pg_locks AS l
JOIN pg_catalog.pg_database AS d ON d.datname = pg_catalog.current_database()
LEFT JOIN pg_catalog.pg_stat_activity AS a ON a.pid = l.pid
-- As in locks_waited: a prepared transaction is known by the lock on its own number.
LEFT JOIN (SELECT own.virtualtransaction, x.gid
           FROM pg_catalog.pg_locks AS own
           JOIN pg_catalog.pg_prepared_xacts AS x ON x.transaction = own.transactionid
           WHERE own.pid IS NULL AND own.granted AND own.locktype = 'transactionid') AS p
  ON l.pid IS NULL AND p.virtualtransaction = l.virtualtransaction
WHERE l.locktype = 'relation' AND l.relation = $1::pg_catalog.oid AND l.database IN (0, d.oid) AND l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()
GROUP BY l.pid, p.gid, a.usename, a.application_name, a.state, a.xact_start, a.query, a.usesysid
ORDER BY 4, 9 DESC NULLS LAST, 1
LIMIT 500
