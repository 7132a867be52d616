-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: what a rollback does not take back, or may not: of the tables that a statement writes ($1: [{"schema", "name", "event"}], with their
--   partitions and where foreign keys lead) and of the functions that it names ($2: [{"schema", "name"}])
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: kind text, name text, relation text, detail text
WITH RECURSIVE written(oid, event) AS (
    SELECT c.oid, a.event
    FROM pg_catalog.jsonb_to_recordset($1::pg_catalog.jsonb) AS a(schema text, name text, event text)
    JOIN pg_catalog.pg_namespace AS n ON n.nspname = a.schema
    JOIN pg_catalog.pg_class AS c ON c.relnamespace = n.oid AND c.relname = a.name
    UNION
    SELECT further.oid, further.event
    FROM written AS w
    CROSS JOIN LATERAL (
        SELECT i.inhrelid AS oid, w.event FROM pg_catalog.pg_inherits AS i WHERE i.inhparent = w.oid
        UNION ALL
        SELECT f.conrelid, CASE WHEN w.event IN ('Delete', 'Merge') AND f.confdeltype = 'c' THEN 'Delete' ELSE 'Update' END
        FROM pg_catalog.pg_constraint AS f
        WHERE f.contype = 'f' AND f.confrelid = w.oid
          AND ((w.event IN ('Delete', 'Merge') AND f.confdeltype IN ('c', 'n', 'd'))
               OR (w.event IN ('Update', 'Upsert', 'Merge') AND f.confupdtype IN ('c', 'n', 'd')))) AS further
), named AS (
    SELECT w.oid, w.event, c.relispartition, pg_catalog.format('%I.%I', n.nspname, c.relname) AS relation
    FROM written AS w
    JOIN pg_catalog.pg_class AS c ON c.oid = w.oid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
), sequence AS (
    -- Of a column's default and of an identity column.
    SELECT d.refobjid AS oid, t.relation
    FROM named AS t
    JOIN pg_catalog.pg_attrdef AS a ON a.adrelid = t.oid
    JOIN pg_catalog.pg_depend AS d ON d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass AND d.objid = a.oid
                                  AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
    UNION
    SELECT d.objid, t.relation
    FROM named AS t
    JOIN pg_catalog.pg_depend AS d ON d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = t.oid AND d.refobjsubid > 0
                                  AND d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.deptype = 'i'
)
SELECT 'sequence' AS kind, pg_catalog.format('%I.%I', n.nspname, c.relname) AS name, s.relation, NULL::text AS detail
FROM sequence AS s
JOIN pg_catalog.pg_class AS c ON c.oid = s.oid AND c.relkind = 'S'
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
UNION
SELECT CASE WHEN g.tginitdeferred THEN 'deferred' ELSE 'trigger' END, g.tgname::text, t.relation, pg_catalog.format('%I.%I', n.nspname, p.proname)
FROM named AS t
JOIN pg_catalog.pg_trigger AS g ON g.tgrelid = t.oid AND NOT g.tgisinternal AND g.tgenabled <> 'D'
JOIN pg_catalog.pg_proc AS p ON p.oid = g.tgfoid
JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
-- tgtype: 4 INSERT, 8 DELETE, 16 UPDATE, which moves a row from one partition to another by the other two.
WHERE g.tgtype::int4 & CASE t.event WHEN 'Insert' THEN 4 WHEN 'Upsert' THEN 4 | 16 WHEN 'Delete' THEN 8
                                    WHEN 'Update' THEN CASE WHEN t.relispartition THEN 4 | 8 | 16 ELSE 16 END ELSE 4 | 8 | 16 END <> 0
UNION
SELECT 'foreign', t.relation, t.relation, w.fdwname::text
FROM named AS t
JOIN pg_catalog.pg_foreign_table AS f ON f.ftrelid = t.oid
JOIN pg_catalog.pg_foreign_server AS s ON s.oid = f.ftserver
JOIN pg_catalog.pg_foreign_data_wrapper AS w ON w.oid = s.srvfdw
UNION
SELECT 'function', pg_catalog.format('%I.%I', n.nspname, p.proname), NULL, l.lanname::text
FROM pg_catalog.jsonb_to_recordset($2::pg_catalog.jsonb) AS a(schema text, name text)
JOIN pg_catalog.pg_proc AS p ON p.proname = a.name AND p.provolatile = 'v'
JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
JOIN pg_catalog.pg_language AS l ON l.oid = p.prolang
WHERE CASE WHEN a.schema IS NULL THEN pg_catalog.pg_function_is_visible(p.oid) ELSE n.nspname = a.schema END
  -- The server's own are known: these act on what no rollback takes back.
  AND (n.nspname <> 'pg_catalog'
       OR p.proname IN ('nextval', 'setval', 'pg_advisory_lock', 'pg_advisory_lock_shared', 'pg_try_advisory_lock', 'pg_try_advisory_lock_shared',
                        'pg_advisory_unlock', 'pg_advisory_unlock_shared', 'pg_advisory_unlock_all', 'pg_cancel_backend', 'pg_terminate_backend',
                        'pg_reload_conf', 'pg_rotate_logfile', 'pg_log_backend_memory_contexts', 'pg_switch_wal', 'pg_create_restore_point',
                        'pg_promote', 'pg_wal_replay_pause', 'pg_wal_replay_resume', 'pg_backup_start', 'pg_backup_stop', 'lo_export',
                        'pg_stat_reset', 'pg_stat_reset_shared', 'pg_stat_reset_single_table_counters',
                        'pg_stat_reset_single_function_counters', 'pg_stat_reset_slru', 'pg_stat_reset_replication_slot',
                        'pg_stat_reset_subscription_stats', 'pg_stat_reset_backend_stats',
                        'pg_create_physical_replication_slot', 'pg_create_logical_replication_slot', 'pg_copy_physical_replication_slot',
                        'pg_copy_logical_replication_slot', 'pg_drop_replication_slot', 'pg_replication_slot_advance',
                        'pg_logical_slot_get_changes', 'pg_logical_slot_get_binary_changes', 'pg_logical_emit_message')
       OR p.proname ~ '^pg_(replication_origin|(restore|clear)_[a-z]+_stats$)')
ORDER BY kind, relation, name
