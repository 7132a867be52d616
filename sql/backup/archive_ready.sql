-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: what waits to be archived, by the files that the archiver itself goes by: pg_stat_archiver counts no failure of a command that ended above 125, or by a signal
-- since: 15
-- privilege: pg_monitor
-- cost: cheap (two folders are listed)
-- columns: ready int8, oldest_wal text, oldest_ms int8, wal_files_bytes int8
WITH ready AS (
    SELECT pg_catalog.left(name, -6) AS wal, (extract(epoch FROM modification) * 1000)::int8 AS ms
    FROM pg_catalog.pg_ls_archive_statusdir() WHERE name LIKE '%.ready')
SELECT (SELECT pg_catalog.count(*) FROM ready) AS ready,
       (SELECT wal FROM ready ORDER BY ms, wal LIMIT 1) AS oldest_wal,
       (SELECT pg_catalog.min(ms) FROM ready) AS oldest_ms,
       (SELECT coalesce(pg_catalog.sum(size), 0)::int8 FROM pg_catalog.pg_ls_waldir()) AS wal_files_bytes
