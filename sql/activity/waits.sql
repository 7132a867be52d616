-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: how many backends run or wait now, by wait event and query: one sample of the average active sessions
-- since: 15
-- privilege: pg_read_all_stats (in pg_monitor); without it only the own role's sessions have a state
-- cost: cheap, meant for each second
-- columns: wait_type text, wait text, query_id text, sessions int8, permitted bool, at_ms int8
SELECT w.wait_type, w.wait, w.query_id, w.sessions, p.permitted, p.at_ms
-- Always a line: a second in which nobody works is a sample too.
FROM (SELECT pg_catalog.pg_has_role('pg_read_all_stats', 'USAGE') AS permitted,
             (extract(epoch FROM pg_catalog.clock_timestamp()) * 1000)::int8 AS at_ms) AS p
LEFT JOIN (
    SELECT coalesce(a.wait_event_type, '') AS wait_type, coalesce(a.wait_event, '') AS wait, coalesce(a.query_id, 0)::text AS query_id,
           pg_catalog.count(*) AS sessions
    FROM pg_catalog.pg_stat_activity AS a
    WHERE a.state = 'active' AND a.pid <> pg_catalog.pg_backend_pid()
      AND a.backend_type IN ('client backend', 'parallel worker', 'autovacuum worker')
      -- What a client does between two of its messages is no work of the server's.
      AND a.wait_event_type IS DISTINCT FROM 'Client' AND a.wait_event_type IS DISTINCT FROM 'Activity'
    GROUP BY 1, 2, 3
) AS w ON true
ORDER BY w.sessions DESC
