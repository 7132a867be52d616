-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: replication slots by kind: how many, how many of them nobody uses, how much WAL the farthest one holds back
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: at_ms int8, postmaster_start float8, slot_type text, slots int8, slots_inactive int8, retained_bytes int8
WITH here AS (
    SELECT CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn() ELSE pg_catalog.pg_current_wal_lsn() END AS lsn
)
SELECT (extract(epoch FROM pg_catalog.clock_timestamp()) * 1000)::int8 AS at_ms, extract(epoch FROM pg_catalog.pg_postmaster_start_time())::float8 AS postmaster_start,
       s.slot_type, pg_catalog.count(*) AS slots,
       pg_catalog.count(*) FILTER (WHERE NOT s.active) AS slots_inactive,
       pg_catalog.max(CASE WHEN s.restart_lsn IS NOT NULL THEN greatest(here.lsn - s.restart_lsn, 0) END)::int8 AS retained_bytes
FROM pg_catalog.pg_replication_slots AS s, here
GROUP BY s.slot_type ORDER BY s.slot_type
