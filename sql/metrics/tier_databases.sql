-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the counters of each database, those with the most blocks asked for first; the shared catalogs (oid 0) are among them ($1: how many)
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: at_ms int8, postmaster_start float8, oid text, database text, numbackends int8, xact_commit int8, xact_rollback int8, blks_hit int8, blks_read int8, tup_returned int8, tup_fetched int8, tup_inserted int8, tup_updated int8, tup_deleted int8, temp_files int8, temp_bytes int8, deadlocks int8, conflicts int8, checksum_failures int8, sessions int8, sessions_abandoned int8, sessions_fatal int8, sessions_killed int8, session_time float8, active_time float8, idle_in_transaction_time float8, blk_read_time float8, blk_write_time float8, frozen_age int8, database_count int8, reset text
-- The view as JSON, made once a row (OFFSET 0): a column that a server lacks is NULL, and the others are there.
SELECT (extract(epoch FROM pg_catalog.clock_timestamp()) * 1000)::int8 AS at_ms, extract(epoch FROM pg_catalog.pg_postmaster_start_time())::float8 AS postmaster_start,
       s.datid::text AS oid, s.datname::text AS database,
       (s.j->>'numbackends')::int8 AS numbackends, (s.j->>'xact_commit')::int8 AS xact_commit, (s.j->>'xact_rollback')::int8 AS xact_rollback,
       (s.j->>'blks_hit')::int8 AS blks_hit, (s.j->>'blks_read')::int8 AS blks_read, (s.j->>'tup_returned')::int8 AS tup_returned,
       (s.j->>'tup_fetched')::int8 AS tup_fetched, (s.j->>'tup_inserted')::int8 AS tup_inserted, (s.j->>'tup_updated')::int8 AS tup_updated,
       (s.j->>'tup_deleted')::int8 AS tup_deleted, (s.j->>'temp_files')::int8 AS temp_files, (s.j->>'temp_bytes')::int8 AS temp_bytes,
       (s.j->>'deadlocks')::int8 AS deadlocks, (s.j->>'conflicts')::int8 AS conflicts, (s.j->>'checksum_failures')::int8 AS checksum_failures,
       (s.j->>'sessions')::int8 AS sessions, (s.j->>'sessions_abandoned')::int8 AS sessions_abandoned,
       (s.j->>'sessions_fatal')::int8 AS sessions_fatal, (s.j->>'sessions_killed')::int8 AS sessions_killed,
       (s.j->>'session_time')::float8 AS session_time, (s.j->>'active_time')::float8 AS active_time,
       (s.j->>'idle_in_transaction_time')::float8 AS idle_in_transaction_time,
       -- 0 where nothing is timed: not known.
       CASE WHEN timing.io THEN (s.j->>'blk_read_time')::float8 END AS blk_read_time,
       CASE WHEN timing.io THEN (s.j->>'blk_write_time')::float8 END AS blk_write_time,
       pg_catalog.age(d.datfrozenxid)::int8 AS frozen_age,
       (SELECT pg_catalog.count(*) FROM pg_catalog.pg_database AS u WHERE NOT u.datistemplate) AS database_count,
       extract(epoch FROM (s.j->>'stats_reset')::timestamptz)::text AS reset
FROM (SELECT v.datid, v.datname, pg_catalog.to_jsonb(v) AS j FROM pg_catalog.pg_stat_database AS v OFFSET 0) AS s
LEFT JOIN pg_catalog.pg_database AS d ON d.oid = s.datid
CROSS JOIN (SELECT pg_catalog.current_setting('track_io_timing')::bool AS io) AS timing
ORDER BY (s.j->>'blks_hit')::int8 + (s.j->>'blks_read')::int8 DESC NULLS LAST, s.datid LIMIT $1::int8
