-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: one reading of the cluster's counters, gauges and identity: one row, one round trip, alone in its transaction
-- since: 18
-- privilege: none; pg_read_all_stats (in pg_monitor) for the sessions, whose columns are NULL without it
-- cost: cheap, meant for each second
-- columns: at_ms int8, system_identifier text, postmaster_start float8, in_recovery bool, timeline text, may_read_activity bool, grant_text text, databases text, xact_commit int8, xact_rollback int8, blks_hit int8, blks_read int8, tup_returned int8, tup_fetched int8, tup_inserted int8, tup_updated int8, tup_deleted int8, temp_files int8, temp_bytes int8, deadlocks int8, conflicts int8, checksum_failures int8, wal_lsn int8, wal_records int8, wal_fpi int8, wal_bytes int8, wal_buffers_full int8, checkpoints_timed int8, checkpoints_requested int8, checkpoints_done int8, restartpoints_done int8, checkpoint_buffers int8, buffers_clean int8, maxwritten_clean int8, buffers_alloc int8, io_normal_hits int8, io_normal_read_bytes int8, archived_count int8, archive_failed_count int8, connections_active int8, connections_idle int8, connections_idle_in_transaction int8, connections_other int8, connections_total int8, locks_waiting int8, longest_transaction_ms int8, connections_max int8, connections_usable int8, block_size int8, reset_wal text, reset_bgwriter text, reset_checkpointer text, reset_io text
WITH db AS (
    -- datid 0, the shared catalogs, belongs to the totals: on an idle server it is the busiest row.
    SELECT pg_catalog.sum(xact_commit)::int8 AS xact_commit, pg_catalog.sum(xact_rollback)::int8 AS xact_rollback,
           pg_catalog.sum(blks_hit)::int8 AS blks_hit, pg_catalog.sum(blks_read)::int8 AS blks_read,
           pg_catalog.sum(tup_returned)::int8 AS tup_returned, pg_catalog.sum(tup_fetched)::int8 AS tup_fetched,
           pg_catalog.sum(tup_inserted)::int8 AS tup_inserted, pg_catalog.sum(tup_updated)::int8 AS tup_updated,
           pg_catalog.sum(tup_deleted)::int8 AS tup_deleted,
           pg_catalog.sum(temp_files)::int8 AS temp_files, pg_catalog.sum(temp_bytes)::int8 AS temp_bytes,
           pg_catalog.sum(deadlocks)::int8 AS deadlocks, pg_catalog.sum(conflicts)::int8 AS conflicts,
           pg_catalog.sum(checksum_failures)::int8 AS checksum_failures,
           -- One line a database, since one database's reset hides in a sum: oid, commits, rollbacks, hits, reads, reset.
           pg_catalog.string_agg(pg_catalog.concat_ws(' ', datid, xact_commit, xact_rollback, blks_hit, blks_read,
               coalesce(extract(epoch FROM stats_reset)::text, '-')), E'\n' ORDER BY datid) AS databases
    FROM pg_catalog.pg_stat_database
), activity AS (
    -- Without pg_read_all_stats the state of others reads as NULL, which would count as 0 sessions.
    SELECT pg_catalog.count(*) FILTER (WHERE state = 'active') AS active,
           pg_catalog.count(*) FILTER (WHERE state = 'idle') AS idle,
           pg_catalog.count(*) FILTER (WHERE state LIKE 'idle in transaction%') AS idle_in_transaction,
           pg_catalog.count(*) AS total,
           pg_catalog.count(*) FILTER (WHERE wait_event_type = 'Lock') AS locks_waiting,
           coalesce(pg_catalog.max(extract(epoch FROM pg_catalog.clock_timestamp() - xact_start) * 1000), 0)::int8 AS longest_transaction_ms
    FROM pg_catalog.pg_stat_activity
    WHERE backend_type = 'client backend' AND pid <> pg_catalog.pg_backend_pid()
), server AS (
    SELECT pg_catalog.pg_is_in_recovery() AS in_recovery,
           pg_catalog.pg_has_role(current_user, 'pg_read_all_stats', 'usage') AS may_read_activity
), wal AS (
    SELECT wal_records, wal_fpi, wal_bytes::int8 AS wal_bytes, wal_buffers_full, stats_reset FROM pg_catalog.pg_stat_wal
), bgwriter AS (
    SELECT buffers_clean, maxwritten_clean, buffers_alloc, stats_reset FROM pg_catalog.pg_stat_bgwriter
), checkpointer AS (
    SELECT num_timed, num_requested, num_done, restartpoints_done, buffers_written, stats_reset FROM pg_catalog.pg_stat_checkpointer
), io AS (
    -- From 18 on reads are operations of many blocks each while hits are blocks: only bytes can be compared.
    SELECT pg_catalog.sum(hits)::int8 AS io_normal_hits, pg_catalog.sum(read_bytes)::int8 AS io_normal_read_bytes,
           pg_catalog.max(stats_reset) AS stats_reset
    FROM pg_catalog.pg_stat_io WHERE object = 'relation' AND context = 'normal'
)
SELECT (extract(epoch FROM pg_catalog.clock_timestamp()) * 1000)::int8 AS at_ms,
       (SELECT system_identifier::text FROM pg_catalog.pg_control_system()) AS system_identifier,
       extract(epoch FROM pg_catalog.pg_postmaster_start_time())::float8 AS postmaster_start, server.in_recovery,
       -- Not from the control file, which keeps the old timeline for a while after a promotion.
       CASE WHEN NOT server.in_recovery
            THEN pg_catalog.substr(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_insert_lsn()), 1, 8) END AS timeline,
       server.may_read_activity,
       CASE WHEN NOT server.may_read_activity THEN pg_catalog.format('GRANT pg_monitor TO %I', current_user) END AS grant_text,
       db.databases, db.xact_commit, db.xact_rollback, db.blks_hit, db.blks_read, db.tup_returned,
       db.tup_fetched, db.tup_inserted, db.tup_updated, db.tup_deleted, db.temp_files, db.temp_bytes, db.deadlocks,
       db.conflicts, db.checksum_failures,
       -- A position, as bytes since 0/0: of the insert point, in recovery of the replay.
       (CASE WHEN server.in_recovery THEN pg_catalog.pg_last_wal_replay_lsn() ELSE pg_catalog.pg_current_wal_insert_lsn() END
        - '0/0'::pg_catalog.pg_lsn)::int8 AS wal_lsn,
       CASE WHEN NOT server.in_recovery THEN wal.wal_records END AS wal_records,
       CASE WHEN NOT server.in_recovery THEN wal.wal_fpi END AS wal_fpi,
       CASE WHEN NOT server.in_recovery THEN wal.wal_bytes END AS wal_bytes,
       CASE WHEN NOT server.in_recovery THEN wal.wal_buffers_full END AS wal_buffers_full,
       checkpointer.num_timed AS checkpoints_timed, checkpointer.num_requested AS checkpoints_requested,
       checkpointer.num_done AS checkpoints_done, checkpointer.restartpoints_done AS restartpoints_done,
       checkpointer.buffers_written AS checkpoint_buffers, bgwriter.buffers_clean, bgwriter.maxwritten_clean,
       bgwriter.buffers_alloc, io.io_normal_hits, io.io_normal_read_bytes, archiver.archived_count,
       archiver.failed_count AS archive_failed_count,
       CASE WHEN server.may_read_activity THEN activity.active END AS connections_active,
       CASE WHEN server.may_read_activity THEN activity.idle END AS connections_idle,
       CASE WHEN server.may_read_activity THEN activity.idle_in_transaction END AS connections_idle_in_transaction,
       CASE WHEN server.may_read_activity THEN activity.total - activity.active - activity.idle - activity.idle_in_transaction END AS connections_other,
       CASE WHEN server.may_read_activity THEN activity.total END AS connections_total,
       CASE WHEN server.may_read_activity THEN activity.locks_waiting END AS locks_waiting,
       CASE WHEN server.may_read_activity THEN activity.longest_transaction_ms END AS longest_transaction_ms,
       pg_catalog.current_setting('max_connections')::int8 AS connections_max,
       pg_catalog.current_setting('max_connections')::int8 - pg_catalog.current_setting('superuser_reserved_connections')::int8
        - pg_catalog.current_setting('reserved_connections')::int8 AS connections_usable,
       pg_catalog.current_setting('block_size')::int8 AS block_size, extract(epoch FROM wal.stats_reset)::text AS reset_wal,
       extract(epoch FROM bgwriter.stats_reset)::text AS reset_bgwriter,
       extract(epoch FROM checkpointer.stats_reset)::text AS reset_checkpointer,
       extract(epoch FROM io.stats_reset)::text AS reset_io
FROM server, db, activity, wal, checkpointer, bgwriter, io, pg_catalog.pg_stat_archiver AS archiver
