-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the standbys of this server, and how far the farthest of them is behind, in bytes of WAL and in time; a standby that caught up has no time (NULL)
-- since: 15
-- privilege: pg_read_all_stats (in pg_monitor): without it, NULL
-- cost: cheap
-- columns: at_ms int8, postmaster_start float8, grant_text text, standbys int8, standbys_streaming int8, standbys_synchronous int8, sent_bytes int8, write_bytes int8, flush_bytes int8, replay_bytes int8, write_lag float8, flush_lag float8, replay_lag float8
WITH may AS (
    SELECT pg_catalog.pg_has_role(current_user, 'pg_read_all_stats', 'usage') AS read
), here AS (
    SELECT CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn() ELSE pg_catalog.pg_current_wal_lsn() END AS lsn
), r AS (
    SELECT pg_catalog.count(*) AS standbys, pg_catalog.count(*) FILTER (WHERE s.state = 'streaming') AS streaming,
           pg_catalog.count(*) FILTER (WHERE s.sync_state IN ('sync', 'quorum')) AS synchronous,
           pg_catalog.min(s.sent_lsn) AS sent_lsn, pg_catalog.min(s.write_lsn) AS write_lsn,
           pg_catalog.min(s.flush_lsn) AS flush_lsn, pg_catalog.min(s.replay_lsn) AS replay_lsn,
           extract(epoch FROM pg_catalog.max(s.write_lag))::float8 AS write_lag, extract(epoch FROM pg_catalog.max(s.flush_lag))::float8 AS flush_lag,
           extract(epoch FROM pg_catalog.max(s.replay_lag))::float8 AS replay_lag
    FROM pg_catalog.pg_stat_replication AS s WHERE s.state <> 'backup' OR s.state IS NULL
)
SELECT (extract(epoch FROM pg_catalog.clock_timestamp()) * 1000)::int8 AS at_ms, extract(epoch FROM pg_catalog.pg_postmaster_start_time())::float8 AS postmaster_start,
       CASE WHEN NOT may.read THEN pg_catalog.format('GRANT pg_monitor TO %I', current_user) END AS grant_text,
       CASE WHEN may.read THEN r.standbys END AS standbys, CASE WHEN may.read THEN r.streaming END AS standbys_streaming,
       CASE WHEN may.read THEN r.synchronous END AS standbys_synchronous,
       CASE WHEN r.sent_lsn IS NOT NULL THEN greatest(here.lsn - r.sent_lsn, 0)::int8 END AS sent_bytes,
       CASE WHEN r.write_lsn IS NOT NULL THEN greatest(here.lsn - r.write_lsn, 0)::int8 END AS write_bytes,
       CASE WHEN r.flush_lsn IS NOT NULL THEN greatest(here.lsn - r.flush_lsn, 0)::int8 END AS flush_bytes,
       CASE WHEN r.replay_lsn IS NOT NULL THEN greatest(here.lsn - r.replay_lsn, 0)::int8 END AS replay_bytes,
       r.write_lag, r.flush_lag, r.replay_lag
FROM may, here, r
