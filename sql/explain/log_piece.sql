-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: a piece of the server's log file $1: from byte $2 on, at most $3 of them
-- since: 15
-- privilege: pg_read_server_files, or EXECUTE on pg_read_binary_file
-- cost: reads as much as is asked for
-- columns: bytes bytea
SELECT pg_catalog.pg_read_binary_file($1, $2, $3) AS bytes
