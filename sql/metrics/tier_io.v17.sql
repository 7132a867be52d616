-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: I/O by who did it, on what and for what; NULL: that cannot be
-- since: 16
-- privilege: none
-- cost: cheap
-- columns: at_ms int8, backend_type text, object text, context text, reads int8, writes int8, writebacks int8, extends int8, fsyncs int8, hits int8, evictions int8, reuses int8, read_bytes int8, write_bytes int8, extend_bytes int8, read_time float8, write_time float8, writeback_time float8, extend_time float8, fsync_time float8, reset text
SELECT (extract(epoch FROM pg_catalog.clock_timestamp()) * 1000)::int8 AS at_ms, i.backend_type, i.object, i.context,
       i.reads, i.writes, i.writebacks, i.extends, i.fsyncs, i.hits, i.evictions, i.reuses,
       i.reads * i.op_bytes AS read_bytes, i.writes * i.op_bytes AS write_bytes, i.extends * i.op_bytes AS extend_bytes,
       -- 0 where nothing is timed: not known.
       CASE WHEN timed.io THEN i.read_time END AS read_time, CASE WHEN timed.io THEN i.write_time END AS write_time,
       CASE WHEN timed.io THEN i.writeback_time END AS writeback_time, CASE WHEN timed.io THEN i.extend_time END AS extend_time,
       CASE WHEN timed.io THEN i.fsync_time END AS fsync_time, extract(epoch FROM i.stats_reset)::text AS reset
FROM pg_catalog.pg_stat_io AS i
CROSS JOIN LATERAL (SELECT pg_catalog.current_setting('track_io_timing')::bool AS io) AS timed
