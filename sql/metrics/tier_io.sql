-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: I/O by who did it, on what and for what; NULL: that cannot be
-- since: 18
-- privilege: none
-- cost: cheap
-- columns: at_ms int8, postmaster_start float8, backend_type text, object text, context text, reads int8, writes int8, writebacks int8, extends int8, fsyncs int8, hits int8, evictions int8, reuses int8, read_bytes int8, write_bytes int8, extend_bytes int8, read_time float8, write_time float8, writeback_time float8, extend_time float8, fsync_time float8, reset text
-- The view as JSON, made once a row (OFFSET 0): a column that a server lacks is NULL, and the others are there.
SELECT (extract(epoch FROM pg_catalog.clock_timestamp()) * 1000)::int8 AS at_ms, extract(epoch FROM pg_catalog.pg_postmaster_start_time())::float8 AS postmaster_start,
       i.backend_type, i.object, i.context,
       (i.j->>'reads')::int8 AS reads, (i.j->>'writes')::int8 AS writes, (i.j->>'writebacks')::int8 AS writebacks,
       (i.j->>'extends')::int8 AS extends, (i.j->>'fsyncs')::int8 AS fsyncs, (i.j->>'hits')::int8 AS hits, (i.j->>'evictions')::int8 AS evictions,
       (i.j->>'reuses')::int8 AS reuses, (i.j->>'read_bytes')::int8 AS read_bytes, (i.j->>'write_bytes')::int8 AS write_bytes,
       (i.j->>'extend_bytes')::int8 AS extend_bytes,
       -- 0 where nothing is timed: not known.
       CASE WHEN timed.io THEN (i.j->>'read_time')::float8 END AS read_time, CASE WHEN timed.io THEN (i.j->>'write_time')::float8 END AS write_time,
       CASE WHEN timed.io THEN (i.j->>'writeback_time')::float8 END AS writeback_time,
       CASE WHEN timed.io THEN (i.j->>'extend_time')::float8 END AS extend_time,
       CASE WHEN timed.io THEN (i.j->>'fsync_time')::float8 END AS fsync_time,
       extract(epoch FROM (i.j->>'stats_reset')::timestamptz)::text AS reset
FROM (SELECT v.backend_type, v.object, v.context, pg_catalog.to_jsonb(v) AS j FROM pg_catalog.pg_stat_io AS v OFFSET 0) AS i
CROSS JOIN LATERAL (SELECT CASE i.object WHEN 'wal' THEN pg_catalog.current_setting('track_wal_io_timing') ELSE pg_catalog.current_setting('track_io_timing') END::bool AS io) AS timed
