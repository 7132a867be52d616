-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: which server this is: its cluster's identifier, its timeline (another after a failover), since when it runs
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: system_identifier text, timeline int4, started_ms int8
SELECT s.system_identifier::pg_catalog.text AS system_identifier,
       CASE WHEN pg_catalog.pg_is_in_recovery() THEN GREATEST(c.timeline_id, r.min_recovery_end_timeline)
            ELSE ('x' || pg_catalog.substr(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 1, 8))::pg_catalog.bit(32)::pg_catalog.int4
       END AS timeline,
       (EXTRACT(epoch FROM pg_catalog.pg_postmaster_start_time()) * 1000)::pg_catalog.int8 AS started_ms
FROM pg_catalog.pg_control_system() s, pg_catalog.pg_control_checkpoint() c, pg_catalog.pg_control_recovery() r
