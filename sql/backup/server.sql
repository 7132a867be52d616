-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: what a physical backup is to know of its server: who it is, where its WAL stands, what it can, how large it is, its clock
-- since: 15
-- privilege: none; data_bytes counts the databases that the role may connect to, databases_unseen the others
-- cost: heavy (the size of every database is added up from its files)
-- columns: version text, version_num int4, system_identifier text, timeline int8, in_recovery bool, segment_size int8, wal_level text, summarize_wal text,
--   data_checksums bool, data_bytes int8, databases_unseen int8, tablespaces int8, now_ms int8, max_connections int4, max_worker_processes int4, max_wal_senders int4,
--   max_prepared_transactions int4, max_locks_per_transaction int4
WITH d AS (
    SELECT oid, pg_catalog.has_database_privilege(oid, 'CONNECT') OR pg_catalog.pg_has_role('pg_read_all_stats', 'MEMBER') AS seen
    FROM pg_catalog.pg_database)
SELECT pg_catalog.split_part(pg_catalog.current_setting('server_version'), ' ', 1) AS version,
       pg_catalog.current_setting('server_version_num')::pg_catalog.int4 AS version_num,
       (SELECT system_identifier::pg_catalog.text FROM pg_catalog.pg_control_system()) AS system_identifier,
       -- The control file's lags behind a promotion until the next checkpoint.
       CASE WHEN pg_catalog.pg_is_in_recovery() THEN (SELECT timeline_id::pg_catalog.int8 FROM pg_catalog.pg_control_checkpoint())
            ELSE ('x' || pg_catalog.left(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 8))::pg_catalog.bit(32)::pg_catalog.int8 END AS timeline,
       pg_catalog.pg_is_in_recovery() AS in_recovery,
       (SELECT setting::pg_catalog.int8 FROM pg_catalog.pg_settings WHERE name = 'wal_segment_size') AS segment_size,
       pg_catalog.current_setting('wal_level') AS wal_level,
       COALESCE(pg_catalog.current_setting('summarize_wal', true), '') AS summarize_wal,
       pg_catalog.current_setting('data_checksums')::pg_catalog.bool AS data_checksums,
       (SELECT COALESCE(pg_catalog.sum(CASE WHEN seen THEN pg_catalog.pg_database_size(oid) END), 0)::pg_catalog.int8 FROM d) AS data_bytes,
       (SELECT pg_catalog.count(*) FROM d WHERE NOT seen) AS databases_unseen,
       (SELECT pg_catalog.count(*) FROM pg_catalog.pg_tablespace WHERE spcname NOT IN ('pg_default', 'pg_global')) AS tablespaces,
       (pg_catalog.extract('epoch', pg_catalog.clock_timestamp()) * 1000)::pg_catalog.int8 AS now_ms,
       pg_catalog.current_setting('max_connections')::pg_catalog.int4 AS max_connections,
       pg_catalog.current_setting('max_worker_processes')::pg_catalog.int4 AS max_worker_processes,
       pg_catalog.current_setting('max_wal_senders')::pg_catalog.int4 AS max_wal_senders,
       pg_catalog.current_setting('max_prepared_transactions')::pg_catalog.int4 AS max_prepared_transactions,
       pg_catalog.current_setting('max_locks_per_transaction')::pg_catalog.int4 AS max_locks_per_transaction
