-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: checkpoints: how many were due, how many asked for, their time, and the buffers that sessions had to write themselves
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: at_ms int8, postmaster_start float8, timed int8, requested int8, write_time float8, sync_time float8, buffers int8, backend_buffers int8, backend_fsyncs int8, reset text
-- The view as JSON, made once a row (OFFSET 0): a column that a server lacks is NULL, and the others are there.
SELECT (extract(epoch FROM pg_catalog.clock_timestamp()) * 1000)::int8 AS at_ms, extract(epoch FROM pg_catalog.pg_postmaster_start_time())::float8 AS postmaster_start,
       (c.j->>'checkpoints_timed')::int8 AS timed, (c.j->>'checkpoints_req')::int8 AS requested,
       (c.j->>'checkpoint_write_time')::float8 AS write_time, (c.j->>'checkpoint_sync_time')::float8 AS sync_time,
       (c.j->>'buffers_checkpoint')::int8 AS buffers, (c.j->>'buffers_backend')::int8 AS backend_buffers,
       (c.j->>'buffers_backend_fsync')::int8 AS backend_fsyncs,
       extract(epoch FROM (c.j->>'stats_reset')::timestamptz)::text AS reset
FROM (SELECT pg_catalog.to_jsonb(v) AS j FROM pg_catalog.pg_stat_bgwriter AS v OFFSET 0) AS c
