-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: checkpoints and restartpoints: how many were due, how many asked for, how many done, and their time
-- since: 18
-- privilege: none
-- cost: cheap
-- columns: at_ms int8, postmaster_start float8, timed int8, requested int8, done int8, restartpoints_timed int8, restartpoints_requested int8, restartpoints_done int8, write_time float8, sync_time float8, buffers int8, slru_buffers int8, reset text
-- The view as JSON, made once a row (OFFSET 0): a column that a server lacks is NULL, and the others are there.
SELECT (extract(epoch FROM pg_catalog.clock_timestamp()) * 1000)::int8 AS at_ms, extract(epoch FROM pg_catalog.pg_postmaster_start_time())::float8 AS postmaster_start,
       (c.j->>'num_timed')::int8 AS timed, (c.j->>'num_requested')::int8 AS requested, (c.j->>'num_done')::int8 AS done,
       (c.j->>'restartpoints_timed')::int8 AS restartpoints_timed, (c.j->>'restartpoints_req')::int8 AS restartpoints_requested,
       (c.j->>'restartpoints_done')::int8 AS restartpoints_done, (c.j->>'write_time')::float8 AS write_time,
       (c.j->>'sync_time')::float8 AS sync_time, (c.j->>'buffers_written')::int8 AS buffers, (c.j->>'slru_written')::int8 AS slru_buffers,
       extract(epoch FROM (c.j->>'stats_reset')::timestamptz)::text AS reset
FROM (SELECT pg_catalog.to_jsonb(v) AS j FROM pg_catalog.pg_stat_checkpointer AS v OFFSET 0) AS c
