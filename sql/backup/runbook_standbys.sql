-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: who receives this server's WAL. Names are null where this role may not see them; that there is one is seen by everybody
-- since: 15
-- privilege: pg_monitor, else nulls
-- cost: cheap
-- columns: pid int4, role text, application text, address text, state text, sync_state text, slot text
SELECT r.pid, r.usename::text AS role, r.application_name AS application, pg_catalog.host(r.client_addr) AS address, r.state, r.sync_state, s.slot_name::text AS slot
FROM pg_catalog.pg_stat_replication AS r
LEFT JOIN pg_catalog.pg_replication_slots AS s ON s.active_pid = r.pid
ORDER BY r.application_name COLLATE "C", r.pid
