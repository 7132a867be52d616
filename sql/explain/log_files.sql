-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the files of the server's log that end in $1 and were written to at or after $2, in their order
-- since: 15
-- privilege: EXECUTE on pg_ls_logdir: pg_monitor
-- cost: looks at every file of the log's directory
-- columns: name text, size int8, modified_ms int8
SELECT l.name, l.size, pg_catalog.floor(EXTRACT(epoch FROM l.modification) * 1000)::int8 AS modified_ms
FROM pg_catalog.pg_ls_logdir() AS l
WHERE pg_catalog.right(l.name, pg_catalog.length($1)) = $1 AND l.modification >= pg_catalog.to_timestamp($2::float8 / 1000)
ORDER BY l.modification, l.name
