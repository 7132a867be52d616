-- SPDX-License-Identifier: GPL-3.0-or-later
-- What takes the space?
SELECT c.oid::regclass AS relation,
       pg_size_pretty(pg_table_size(c.oid)) AS table_size,
       pg_size_pretty(pg_indexes_size(c.oid)) AS index_size,
       nullif(c.reltuples, -1)::bigint AS rows_estimated,
       s.last_autovacuum, s.n_dead_tup
FROM pg_class c
LEFT JOIN pg_stat_all_tables s ON s.relid = c.oid
WHERE c.relkind IN ('r', 'm')
ORDER BY pg_total_relation_size(c.oid) DESC;

-- What was set here, and where?
SELECT name, setting, unit, source, pending_restart
FROM pg_settings
WHERE source NOT IN ('default', 'override')
ORDER BY name;

-- Values are shown as the server has them.
SELECT NULL AS nothing, '' AS blank, 'infinity'::timestamptz AS forever, date '0044-03-15 BC' AS ides,
       '{"rows": 12, "plan": "index"}'::jsonb AS doc, ARRAY[[1, 2], [3, 4]] AS matrix, '\xdeadbeef'::bytea AS bytes;

-- An error is shown where the server found it, with its hint.
SELECT relnam FROM pg_class;
