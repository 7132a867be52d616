-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: checkpoints and restartpoints: how many were due, how many asked for, and their time
-- since: 17
-- privilege: none
-- cost: cheap
-- columns: at_ms int8, timed int8, requested int8, restartpoints_timed int8, restartpoints_requested int8, restartpoints_done int8, write_time float8, sync_time float8, buffers int8, reset text
SELECT (extract(epoch FROM pg_catalog.clock_timestamp()) * 1000)::int8 AS at_ms, c.num_timed AS timed, c.num_requested AS requested,
       c.restartpoints_timed, c.restartpoints_req AS restartpoints_requested, c.restartpoints_done, c.write_time, c.sync_time,
       c.buffers_written AS buffers, extract(epoch FROM c.stats_reset)::text AS reset
FROM pg_catalog.pg_stat_checkpointer AS c
