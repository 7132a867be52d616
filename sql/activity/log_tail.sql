-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the last 64 kB of the server's log file, for a snapshot of an incident
-- since: 15
-- privilege: pg_monitor and pg_read_server_files: EXECUTE on pg_read_binary_file
-- cost: reads 64 kB
-- columns: file text, bytes bytea
SELECT f.file, pg_catalog.pg_read_binary_file(f.file, greatest(s.size - 65536, 0), 65536) AS bytes
FROM (SELECT pg_catalog.pg_current_logfile() AS file) AS f
CROSS JOIN LATERAL pg_catalog.pg_stat_file(f.file) AS s
