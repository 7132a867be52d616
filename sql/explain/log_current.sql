-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the server's log file of the form $1 (stderr, csvlog or jsonlog) that is written now, and its size; file NULL: it keeps none of that form
-- since: 15
-- privilege: EXECUTE on pg_current_logfile(text) and pg_stat_file: pg_monitor and a GRANT
-- cost: cheap
-- columns: file text, size int8
SELECT f.file, (SELECT s.size FROM pg_catalog.pg_stat_file(f.file) AS s WHERE f.file IS NOT NULL) AS size
FROM (SELECT pg_catalog.pg_current_logfile($1) AS file) AS f
