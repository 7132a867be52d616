-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: what tells one life of a server's statistics from the next, and what this role may read of others' statements
-- since: 15
-- privilege: none; pg_read_all_stats (in pg_monitor) for the checkpointer's start, NULL without it, and for the statements of others
-- cost: cheap
-- columns: at_us int8, system_identifier text, postmaster_us int8, checkpointer_us int8, cumulative_us int8, may_read_all bool, role oid
SELECT (extract(epoch FROM pg_catalog.clock_timestamp()) * 1000000)::int8 AS at_us,
       (SELECT system_identifier::text FROM pg_catalog.pg_control_system()) AS system_identifier,
       (extract(epoch FROM pg_catalog.pg_postmaster_start_time()) * 1000000)::int8 AS postmaster_us,
       -- A backend's crash ends the checkpointer too, and leaves the postmaster.
       (SELECT (extract(epoch FROM pg_catalog.max(backend_start)) * 1000000)::int8
        FROM pg_catalog.pg_stat_activity WHERE backend_type = 'checkpointer') AS checkpointer_us,
       -- Two kinds: a person resets one of them by itself.
       (extract(epoch FROM least((SELECT stats_reset FROM pg_catalog.pg_stat_wal), (SELECT stats_reset FROM pg_catalog.pg_stat_bgwriter))) * 1000000)::int8 AS cumulative_us,
       pg_catalog.pg_has_role(current_user, 'pg_read_all_stats', 'usage') AS may_read_all,
       (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = current_user) AS role
