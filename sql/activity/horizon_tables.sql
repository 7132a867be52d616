-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the tables of this database that are nearest to a forced vacuum
-- since: 15
-- privilege: none; pg_read_all_stats (in pg_monitor) for vacuum_running, which is NULL where it can't be told
-- cost: reads pg_class once: 80 ms at 100,000 tables; on request
-- columns: relation_oid oid, relation text, xid_age int4, multixact_age int4, freeze_max_age int8, last_vacuum text, last_autovacuum text, dead_rows int8, vacuum_running bool
SELECT c.oid AS relation_oid, n.nspname || '.' || c.relname AS relation, pg_catalog.age(c.relfrozenxid) AS xid_age,
       pg_catalog.mxid_age(c.relminmxid) AS multixact_age,
       -- The table's own option can only bring it forward.
       least((SELECT o.option_value FROM pg_catalog.pg_options_to_table(c.reloptions) AS o WHERE o.option_name = 'autovacuum_freeze_max_age')::int8,
             pg_catalog.current_setting('autovacuum_freeze_max_age')::int8) AS freeze_max_age,
       pg_catalog.pg_stat_get_last_vacuum_time(c.oid)::text AS last_vacuum,
       pg_catalog.pg_stat_get_last_autovacuum_time(c.oid)::text AS last_autovacuum,
       pg_catalog.pg_stat_get_dead_tuples(c.oid) AS dead_rows,
       -- NULL: one runs here, and which table it works on may not be seen.
       (SELECT nullif(coalesce(pg_catalog.bool_or(v.relid = c.oid), false), CASE WHEN pg_catalog.bool_or(v.relid IS NULL) THEN false END)
        FROM pg_catalog.pg_stat_progress_vacuum AS v WHERE v.datname = pg_catalog.current_database()) AS vacuum_running
FROM (
    SELECT * FROM pg_catalog.pg_class AS t
    WHERE t.relkind IN ('r', 'm', 't') AND t.relfrozenxid <> '0'
    ORDER BY pg_catalog.age(t.relfrozenxid) DESC, t.oid
    LIMIT 100
) AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
ORDER BY 3 DESC, 2
