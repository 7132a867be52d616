-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: files of WAL that the archive has not taken yet, and what the archiver said last of its failures
-- since: 15
-- privilege: pg_monitor (pg_ls_archive_statusdir)
-- cost: cheap
-- columns: files int8, failed text
SELECT (SELECT pg_catalog.count(*) FROM pg_catalog.pg_ls_archive_statusdir() WHERE name LIKE '%.ready') AS files,
       (SELECT COALESCE(last_failed_wal, '') FROM pg_catalog.pg_stat_archiver) AS failed
