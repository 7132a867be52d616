-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: where a server's WAL and its last commit stand, to be held against what is in the archive
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: version text, version_num int4, now_ms int8, in_recovery bool, timeline int8, insert_lsn text, next_xid int8, last_commit_us int8
--   timeline and insert_lsn are NULL in recovery; last_commit_us is NULL without track_commit_timestamp, and until something was committed since the start
SELECT pg_catalog.split_part(pg_catalog.current_setting('server_version'), ' ', 1) AS version,
       pg_catalog.current_setting('server_version_num')::pg_catalog.int4 AS version_num,
       (extract(epoch FROM pg_catalog.clock_timestamp()) * 1000)::pg_catalog.int8 AS now_ms,
       pg_catalog.pg_is_in_recovery() AS in_recovery,
       CASE WHEN NOT pg_catalog.pg_is_in_recovery()
            THEN ('x' || pg_catalog.left(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 8))::pg_catalog.bit(32)::pg_catalog.int8 END AS timeline,
       CASE WHEN NOT pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_current_wal_insert_lsn()::pg_catalog.text END AS insert_lsn,
       pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())::pg_catalog.text::pg_catalog.int8 AS next_xid,
       CASE WHEN pg_catalog.current_setting('track_commit_timestamp') = 'on'
            THEN (SELECT (extract(epoch FROM c.timestamp) * 1000000)::pg_catalog.int8 FROM pg_catalog.pg_last_committed_xact() AS c) END AS last_commit_us
