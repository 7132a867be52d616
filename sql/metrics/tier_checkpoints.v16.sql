-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: checkpoints: how many were due, how many asked for, their time, and the buffers that sessions had to write themselves
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: at_ms int8, timed int8, requested int8, write_time float8, sync_time float8, buffers int8, backend_buffers int8, backend_fsyncs int8, reset text
SELECT (extract(epoch FROM pg_catalog.clock_timestamp()) * 1000)::int8 AS at_ms, c.checkpoints_timed AS timed, c.checkpoints_req AS requested,
       c.checkpoint_write_time AS write_time, c.checkpoint_sync_time AS sync_time, c.buffers_checkpoint AS buffers,
       c.buffers_backend AS backend_buffers, c.buffers_backend_fsync AS backend_fsyncs, extract(epoch FROM c.stats_reset)::text AS reset
FROM pg_catalog.pg_stat_bgwriter AS c
