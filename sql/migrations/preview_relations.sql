-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: every relation of the database as it stands within this transaction: the file that its rows are in, and how many rows of it this transaction (read_now), or anybody so far (read_ever), read
-- since: 15
-- privilege: none
-- cost: a row for every relation
-- columns: oid int8, name text, kind text, file int8, table_oid int8, read_now int8, read_ever int8
SELECT c.oid::int8 AS oid, pg_catalog.format('%I.%I', n.nspname, c.relname) AS name, c.relkind::text AS kind, c.relfilenode::int8 AS file, i.indrelid::int8 AS table_oid,
       CASE WHEN c.relkind IN ('r', 'm') THEN pg_catalog.pg_stat_get_xact_tuples_returned(c.oid) + pg_catalog.pg_stat_get_xact_tuples_fetched(c.oid) END AS read_now,
       CASE WHEN c.relkind IN ('r', 'm') THEN pg_catalog.pg_stat_get_tuples_returned(c.oid) + pg_catalog.pg_stat_get_tuples_fetched(c.oid) END AS read_ever
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_index AS i ON i.indexrelid = c.oid
WHERE c.relkind IN ('r', 'p', 'i', 'I', 'm', 'v', 'S', 'f') AND c.relpersistence <> 't'
  AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast', 'howdah_preview')
