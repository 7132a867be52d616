-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the counters of each database, those with the most blocks asked for first; the shared catalogs (oid 0) are among them ($1: how many)
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: at_ms int8, oid text, database text, numbackends int8, xact_commit int8, xact_rollback int8, blks_hit int8, blks_read int8, tup_returned int8, tup_fetched int8, tup_inserted int8, tup_updated int8, tup_deleted int8, temp_files int8, temp_bytes int8, deadlocks int8, conflicts int8, checksum_failures int8, sessions int8, sessions_abandoned int8, sessions_fatal int8, sessions_killed int8, session_time float8, active_time float8, idle_in_transaction_time float8, blk_read_time float8, blk_write_time float8, frozen_age int8, database_count int8, reset text
SELECT (extract(epoch FROM pg_catalog.clock_timestamp()) * 1000)::int8 AS at_ms, s.datid::text AS oid, s.datname::text AS database,
       s.numbackends::int8 AS numbackends, s.xact_commit, s.xact_rollback, s.blks_hit, s.blks_read, s.tup_returned, s.tup_fetched, s.tup_inserted, s.tup_updated,
       s.tup_deleted, s.temp_files, s.temp_bytes, s.deadlocks, s.conflicts, s.checksum_failures, s.sessions, s.sessions_abandoned, s.sessions_fatal, s.sessions_killed,
       s.session_time, s.active_time, s.idle_in_transaction_time,
       -- 0 where nothing is timed: not known.
       CASE WHEN timing.io THEN s.blk_read_time END AS blk_read_time, CASE WHEN timing.io THEN s.blk_write_time END AS blk_write_time,
       pg_catalog.age(d.datfrozenxid)::int8 AS frozen_age,
       (SELECT pg_catalog.count(*) FROM pg_catalog.pg_database AS u WHERE NOT u.datistemplate) AS database_count,
       extract(epoch FROM s.stats_reset)::text AS reset
FROM pg_catalog.pg_stat_database AS s
LEFT JOIN pg_catalog.pg_database AS d ON d.oid = s.datid
CROSS JOIN (SELECT pg_catalog.current_setting('track_io_timing')::bool AS io) AS timing
ORDER BY s.blks_hit + s.blks_read DESC, s.datid LIMIT $1::int8
