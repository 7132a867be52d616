-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: what is known of the relations that a plan names ($1, a JSON array of {"schema", "name"}; schema "" where the plan has none): size, statistics' age
-- since: 15
-- privilege: none; has_statistics is NULL without SELECT on the relation. On a standby the counters since ANALYZE are NULL: it has none of its own
-- cost: cheap: only these relations
-- columns: oid oid, schema name, name name, kind char, rows int8, pages int4, all_visible int4, since_analyze int8, analyzed bool,
--   has_statistics bool, parent text
SELECT c.oid, n.nspname AS schema, c.relname AS name, c.relkind AS kind,
       CASE WHEN c.reltuples >= 0 THEN c.reltuples::pg_catalog.int8 END AS rows, c.relpages AS pages, c.relallvisible AS all_visible,
       CASE WHEN NOT pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_stat_get_mod_since_analyze(c.oid) END AS since_analyze,
       CASE WHEN NOT pg_catalog.pg_is_in_recovery()
            THEN pg_catalog.pg_stat_get_last_analyze_time(c.oid) IS NOT NULL OR pg_catalog.pg_stat_get_last_autoanalyze_time(c.oid) IS NOT NULL END AS analyzed,
       CASE WHEN pg_catalog.has_table_privilege(c.oid, 'SELECT')
            THEN EXISTS (SELECT FROM pg_catalog.pg_stats AS s WHERE s.schemaname = n.nspname AND s.tablename = c.relname) END AS has_statistics,
       (SELECT pn.nspname || '.' || p.relname FROM pg_catalog.pg_class AS p JOIN pg_catalog.pg_namespace AS pn ON pn.oid = p.relnamespace
        WHERE c.relispartition AND p.oid = pg_catalog.pg_partition_root(c.oid)) AS parent
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'm')
  AND (c.relpersistence <> 't' OR pg_catalog.pg_my_temp_schema() = n.oid)
  AND EXISTS (SELECT FROM pg_catalog.json_to_recordset($1::pg_catalog.json) AS w (schema text, name text)
              WHERE w.name = c.relname AND w.schema IN ('', n.nspname))
ORDER BY n.nspname, c.relname
