-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: whether a server's WAL can be received by a slot as a role: $1 the role, $2 the slot
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: wal_level text, slot_keep_mb int8, slot_idle_timeout_s int8, slots_most int8, slots_taken int8, role_is bool, role_replicates bool, slot_type text,
--   slot_active bool, slot_lost bool, in_recovery bool
--   role_is false: there is no such role; slot_type NULL: there is no such slot
SELECT pg_catalog.current_setting('wal_level') AS wal_level,
       (SELECT setting::int8 FROM pg_catalog.pg_settings WHERE name = 'max_slot_wal_keep_size') AS slot_keep_mb,
       (SELECT setting::int8 FROM pg_catalog.pg_settings WHERE name = 'idle_replication_slot_timeout') AS slot_idle_timeout_s,
       (SELECT setting::int8 FROM pg_catalog.pg_settings WHERE name = 'max_replication_slots') AS slots_most,
       (SELECT pg_catalog.count(*) FROM pg_catalog.pg_replication_slots) AS slots_taken,
       r.rolname IS NOT NULL AS role_is,
       coalesce(r.rolreplication OR r.rolsuper, false) AS role_replicates,
       s.slot_type, s.active AS slot_active, s.wal_status IS NOT DISTINCT FROM 'lost' AS slot_lost,
       pg_catalog.pg_is_in_recovery() AS in_recovery
FROM (SELECT 1) AS one
LEFT JOIN pg_catalog.pg_roles r ON r.rolname = $1::text
LEFT JOIN pg_catalog.pg_replication_slots s ON s.slot_name = $2::text
