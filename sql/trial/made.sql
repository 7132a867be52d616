-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the indexes and extended statistics that are there beside those of objects.sql ($1: its keys), of one relation ($2: as a statement names it; of all where
--   nothing is found by it: found); an index of a partition goes with that of its parent and has no line, but adopted: those that were there before
-- since: 15
-- privilege: none
-- cost: looks at the new indexes' files
-- columns: kind text, name text, index_names json, relation text, bytes int8, valid bool, partitioned bool, expressions bool, adopted int8, found bool
WITH known(key) AS (SELECT pg_catalog.unnest($1::text[])),
     looked(oid) AS (SELECT pg_catalog.to_regclass($2)::oid)
SELECT 'index' AS kind, pg_catalog.format('%I.%I', n.nspname, c.relname) AS name,
       -- As plans name it: that of each partition too.
       (SELECT pg_catalog.json_agg(x.relname) FROM pg_catalog.pg_class AS x
        WHERE x.oid = c.oid OR x.oid IN (SELECT p.relid FROM pg_catalog.pg_partition_tree(c.oid) AS p)) AS index_names,
       pg_catalog.format('%I.%I', tn.nspname, t.relname) AS relation,
       (SELECT coalesce(pg_catalog.sum(pg_catalog.pg_relation_size(p.relid)), pg_catalog.pg_relation_size(c.oid)) FROM pg_catalog.pg_partition_tree(c.oid) AS p)::int8 AS bytes,
       i.indisvalid AS valid, c.relkind = 'I' AS partitioned, i.indexprs IS NOT NULL AS expressions,
       (SELECT pg_catalog.count(*) FROM pg_catalog.pg_partition_tree(c.oid) AS p
        WHERE p.relid <> c.oid AND 'index/' || p.relid::oid::text IN (SELECT k.key FROM known AS k)) AS adopted,
       (SELECT l.oid FROM looked AS l) IS NOT NULL AS found
FROM pg_catalog.pg_index AS i
JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_class AS t ON t.oid = i.indrelid
JOIN pg_catalog.pg_namespace AS tn ON tn.oid = t.relnamespace
WHERE NOT c.relispartition AND i.indrelid = coalesce((SELECT l.oid FROM looked AS l), i.indrelid)
  AND 'index/' || i.indexrelid::text NOT IN (SELECT k.key FROM known AS k)
UNION ALL
SELECT 'statistics', pg_catalog.format('%I.%I', n.nspname, s.stxname), NULL, pg_catalog.format('%I.%I', tn.nspname, t.relname), NULL, true, false, s.stxexprs IS NOT NULL, 0, (SELECT l.oid FROM looked AS l) IS NOT NULL
FROM pg_catalog.pg_statistic_ext AS s
JOIN pg_catalog.pg_namespace AS n ON n.oid = s.stxnamespace
JOIN pg_catalog.pg_class AS t ON t.oid = s.stxrelid
JOIN pg_catalog.pg_namespace AS tn ON tn.oid = t.relnamespace
WHERE s.stxrelid = coalesce((SELECT l.oid FROM looked AS l), s.stxrelid)
  AND 'statistics/' || s.oid::text NOT IN (SELECT k.key FROM known AS k)
