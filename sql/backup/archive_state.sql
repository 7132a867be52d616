-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: how a server lets its WAL be kept: settings of archiving, what the archiver counts, where WAL stands
-- since: 15
-- privilege: none; data_directory is NULL without pg_read_all_settings (in pg_monitor)
-- cost: cheap
-- columns: now_ms int8, version_num int4, in_recovery bool, wal_level text, archive_mode text, archive_command text, archive_library text,
--   archive_timeout_s int8, segment_size int8, max_wal_bytes int8, slot_keep_mb int8, slot_idle_timeout_s int8, data_directory text,
--   archived_count int8, last_archived_wal text, last_archived_ms int8, failed_count int8, last_failed_wal text, last_failed_ms int8,
--   current_wal text, wal_bytes int8, wal_since_ms int8, may_list bool, grant_text text
--   slot_keep_mb -1: without a limit; current_wal is NULL in recovery; wal_bytes were written since wal_since_ms
WITH now AS (SELECT (extract(epoch FROM pg_catalog.clock_timestamp()) * 1000)::int8 AS ms),
may AS (
    SELECT pg_catalog.has_function_privilege('pg_catalog.pg_ls_archive_statusdir()', 'EXECUTE')
        AND pg_catalog.has_function_privilege('pg_catalog.pg_ls_waldir()', 'EXECUTE') AS list)
SELECT now.ms AS now_ms,
       pg_catalog.current_setting('server_version_num')::int4 AS version_num,
       pg_catalog.pg_is_in_recovery() AS in_recovery,
       pg_catalog.current_setting('wal_level') AS wal_level,
       pg_catalog.current_setting('archive_mode') AS archive_mode,
       pg_catalog.current_setting('archive_command') AS archive_command,
       pg_catalog.current_setting('archive_library') AS archive_library,
       (SELECT setting::int8 FROM pg_catalog.pg_settings WHERE name = 'archive_timeout') AS archive_timeout_s,
       (SELECT setting::int8 FROM pg_catalog.pg_settings WHERE name = 'wal_segment_size') AS segment_size,
       (SELECT setting::int8 * 1048576 FROM pg_catalog.pg_settings WHERE name = 'max_wal_size') AS max_wal_bytes,
       (SELECT setting::int8 FROM pg_catalog.pg_settings WHERE name = 'max_slot_wal_keep_size') AS slot_keep_mb,
       -- Of 18 alone; a row of a name that is not there is NULL.
       (SELECT setting::int8 FROM pg_catalog.pg_settings WHERE name = 'idle_replication_slot_timeout') AS slot_idle_timeout_s,
       (SELECT setting FROM pg_catalog.pg_settings WHERE name = 'data_directory') AS data_directory,
       a.archived_count, a.last_archived_wal, (extract(epoch FROM a.last_archived_time) * 1000)::int8 AS last_archived_ms,
       a.failed_count, a.last_failed_wal, (extract(epoch FROM a.last_failed_time) * 1000)::int8 AS last_failed_ms,
       CASE WHEN NOT pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()) END AS current_wal,
       w.wal_bytes::int8 AS wal_bytes, (extract(epoch FROM w.stats_reset) * 1000)::int8 AS wal_since_ms,
       may.list AS may_list,
       CASE WHEN NOT may.list THEN pg_catalog.format('GRANT pg_monitor TO %I', current_user) END AS grant_text
FROM now, may, pg_catalog.pg_stat_archiver a, pg_catalog.pg_stat_wal w
