-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: who has the runners' lock
-- since: 15
-- privilege: pg_read_all_stats (in pg_monitor) for the age; without it that is NULL
-- cost: cheap
-- columns: pid int4, application text, role text, held_ms int8
SELECT l.pid, a.application_name AS application, a.usename::text AS role,
       (extract(epoch FROM pg_catalog.clock_timestamp() - a.backend_start) * 1000)::int8 AS held_ms
FROM pg_catalog.pg_locks AS l
LEFT JOIN pg_catalog.pg_stat_activity AS a ON a.pid = l.pid
WHERE l.locktype = 'advisory' AND l.granted AND l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database())
  AND l.objsubid = 1 AND ((l.classid::int8 << 32) | l.objid::int8) = $1::int8
