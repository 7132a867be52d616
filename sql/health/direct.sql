-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: what the verdict on a server's health is made of: one row; seconds, counts, percent
-- since: 15
-- privilege: none; pg_read_all_stats (in pg_monitor) for the sessions, whose columns are NULL without it
-- cost: cheap
-- columns: server_version text, uptime_seconds int8, in_recovery bool, grant_text text, connections_used int8, connections_usable int8,
--   longest_transaction_seconds int8, longest_idle_in_transaction_seconds int8, longest_lock_wait_seconds int8, cache_hit_ratio float8,
--   blocks_read int8, checksum_failures int8, deadlocks int8, archive_mode text, archive_failing_seconds int8, last_failed_wal text,
--   last_archived_seconds int8, xid_age int8, multixact_age int8, freeze_max_age int8, autovacuum bool, fsync bool, full_page_writes bool,
--   data_checksums bool, pending_restart int8, old_prepared int8, slots_inactive int8, slots_extended int8, slots_unreserved int8, slots_lost int8
WITH sessions AS (
    SELECT pg_catalog.count(*) AS used,
           pg_catalog.max(extract(epoch FROM pg_catalog.clock_timestamp() - a.xact_start)) FILTER (WHERE a.pid <> pg_catalog.pg_backend_pid()) AS longest,
           -- Idle in a transaction does harm where it pins rows or holds locks; a bare BEGIN, or a SELECT that ended, does not.
           pg_catalog.max(extract(epoch FROM pg_catalog.clock_timestamp() - a.state_change))
               FILTER (WHERE a.state LIKE 'idle in transaction%' AND (a.backend_xmin IS NOT NULL OR a.backend_xid IS NOT NULL)) AS longest_idle
    FROM pg_catalog.pg_stat_activity a
    WHERE a.backend_type = 'client backend'
), may AS (
    SELECT pg_catalog.pg_has_role(current_user, 'pg_read_all_stats', 'usage') AS read, pg_catalog.pg_is_in_recovery() AS in_recovery
), db AS (
    SELECT pg_catalog.sum(blks_hit) AS hits, pg_catalog.sum(blks_read) AS reads, pg_catalog.sum(checksum_failures) AS checksum_failures,
           pg_catalog.sum(deadlocks) AS deadlocks
    FROM pg_catalog.pg_stat_database
), slots AS (
    SELECT pg_catalog.count(*) FILTER (WHERE NOT active) AS inactive, pg_catalog.count(*) FILTER (WHERE wal_status = 'extended') AS extended,
           pg_catalog.count(*) FILTER (WHERE wal_status = 'unreserved') AS unreserved, pg_catalog.count(*) FILTER (WHERE wal_status = 'lost') AS lost
    FROM pg_catalog.pg_replication_slots
)
SELECT pg_catalog.current_setting('server_version') AS server_version,
       extract(epoch FROM pg_catalog.clock_timestamp() - pg_catalog.pg_postmaster_start_time())::int8 AS uptime_seconds,
       may.in_recovery,
       CASE WHEN NOT may.read THEN pg_catalog.format('GRANT pg_monitor TO %I', current_user) END AS grant_text,
       CASE WHEN may.read THEN sessions.used END AS connections_used,
       pg_catalog.current_setting('max_connections')::int8 - pg_catalog.current_setting('superuser_reserved_connections')::int8
         - coalesce(pg_catalog.current_setting('reserved_connections', true)::int8, 0) AS connections_usable,
       CASE WHEN may.read THEN coalesce(sessions.longest, 0)::int8 END AS longest_transaction_seconds,
       CASE WHEN may.read THEN coalesce(sessions.longest_idle, 0)::int8 END AS longest_idle_in_transaction_seconds,
       (SELECT coalesce(pg_catalog.max(extract(epoch FROM pg_catalog.clock_timestamp() - l.waitstart)), 0)::int8
        FROM pg_catalog.pg_locks l WHERE NOT l.granted) AS longest_lock_wait_seconds,
       -- Undefined while nothing was read: neither 0 nor 100.
       pg_catalog.round(100.0 * db.hits / nullif(db.hits + db.reads, 0), 2)::float8 AS cache_hit_ratio,
       db.reads::int8 AS blocks_read, db.checksum_failures::int8 AS checksum_failures, db.deadlocks::int8 AS deadlocks,
       pg_catalog.current_setting('archive_mode') AS archive_mode,
       CASE WHEN a.last_failed_time > coalesce(a.last_archived_time, '-infinity')
            THEN extract(epoch FROM pg_catalog.clock_timestamp() - coalesce(a.last_archived_time, a.stats_reset, a.last_failed_time))::int8 END AS archive_failing_seconds,
       a.last_failed_wal,
       extract(epoch FROM pg_catalog.clock_timestamp() - a.last_archived_time)::int8 AS last_archived_seconds,
       (SELECT pg_catalog.max(pg_catalog.age(datfrozenxid))::int8 FROM pg_catalog.pg_database) AS xid_age,
       (SELECT pg_catalog.max(pg_catalog.mxid_age(datminmxid))::int8 FROM pg_catalog.pg_database) AS multixact_age,
       pg_catalog.current_setting('autovacuum_freeze_max_age')::int8 AS freeze_max_age,
       pg_catalog.current_setting('autovacuum')::bool AND pg_catalog.current_setting('track_counts')::bool AS autovacuum,
       pg_catalog.current_setting('fsync')::bool AS fsync, pg_catalog.current_setting('full_page_writes')::bool AS full_page_writes,
       pg_catalog.current_setting('data_checksums') = 'on' AS data_checksums,
       (SELECT pg_catalog.count(*) FROM pg_catalog.pg_settings s WHERE s.pending_restart) AS pending_restart,
       (SELECT pg_catalog.count(*) FROM pg_catalog.pg_prepared_xacts p WHERE p.prepared < pg_catalog.clock_timestamp() - interval '5 minutes') AS old_prepared,
       slots.inactive AS slots_inactive, slots.extended AS slots_extended, slots.unreserved AS slots_unreserved, slots.lost AS slots_lost
FROM may, sessions, db, slots, pg_catalog.pg_stat_archiver a
