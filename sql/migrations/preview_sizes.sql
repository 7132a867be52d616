-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: rows and bytes of every table by the server's own statistics, without a look at the files, which would wait for who has a table locked; -1: never analyzed
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: name text, rows int8, bytes int8
SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) AS name, c.reltuples::int8 AS rows,
       CASE WHEN c.reltuples < 0 THEN -1 ELSE (c.relpages::int8 + coalesce(t.relpages, 0)) * pg_catalog.current_setting('block_size')::int8 END AS bytes
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_class AS t ON t.oid = c.reltoastrelid
WHERE c.relkind IN ('r', 'm') AND c.relpersistence <> 't' AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast', 'howdah_preview')
