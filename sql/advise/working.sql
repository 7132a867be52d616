-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: sessions that work or hold a transaction open, what each waits for, and who blocks those that wait for a lock
-- since: 15
-- privilege: pg_read_all_stats (in pg_monitor); without it only the own role's sessions have a state
-- cost: cheap, meant for each second: who blocks is asked for those alone that wait for a lock
-- columns: permitted bool, pid int4, role oid, database oid, query_id text, state text, wait_type text, wait text, blocked_by text, query text
SELECT p.permitted, w.pid, w.role, w.database, w.query_id, w.state, w.wait_type, w.wait, w.blocked_by, w.query
-- Always a line: a second in which nobody works is a reading too.
FROM (SELECT pg_catalog.pg_has_role('pg_read_all_stats', 'USAGE') AS permitted) AS p
LEFT JOIN (
    SELECT a.pid, a.usesysid AS role, a.datid AS database, a.query_id::text AS query_id, a.state,
           a.wait_event_type AS wait_type, a.wait_event AS wait,
           CASE WHEN a.wait_event_type = 'Lock' THEN pg_catalog.pg_blocking_pids(a.pid)::text END AS blocked_by,
           -- Texts of those alone that wait or may be waited for.
           CASE WHEN a.wait_event_type = 'Lock' OR a.state <> 'active' OR a.backend_xid IS NOT NULL THEN pg_catalog.left(a.query, 1000) END AS query
    FROM pg_catalog.pg_stat_activity AS a
    WHERE a.state IN ('active', 'idle in transaction', 'idle in transaction (aborted)') AND a.backend_type = 'client backend'
      AND a.pid <> pg_catalog.pg_backend_pid()
) AS w ON true
