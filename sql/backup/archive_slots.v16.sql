-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the replication slots, what each holds back of pg_wal, and which of them no longer hold what their reader needs
-- since: 15
-- privilege: none; application is NULL without pg_read_all_stats (in pg_monitor)
-- cost: cheap
-- columns: slot_name text, slot_type text, active bool, application text, restart_lsn text, retained_bytes int8, wal_status text, safe_bytes int8,
--   invalidation_reason text, inactive_since_ms int8
SELECT s.slot_name::text AS slot_name, s.slot_type, s.active, r.application_name AS application, s.restart_lsn::text AS restart_lsn,
       (CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_receive_lsn() ELSE pg_catalog.pg_current_wal_lsn() END - s.restart_lsn)::int8 AS retained_bytes,
       s.wal_status, s.safe_wal_size AS safe_bytes, NULL::text AS invalidation_reason,
       NULL::int8 AS inactive_since_ms
FROM pg_catalog.pg_replication_slots s LEFT JOIN pg_catalog.pg_stat_replication r ON r.pid = s.active_pid
WHERE NOT s.temporary
ORDER BY s.slot_name
