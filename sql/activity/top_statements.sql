-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the 50 statements with the most time since their statistics began, as XML; no row where pg_stat_statements is not installed here
-- since: 15
-- privilege: pg_read_all_stats (in pg_monitor) for the texts of others
-- cost: reads the file of texts once
-- columns: statements text
SELECT
    -- query_to_xml, since the extension's schema is known only here and the search_path is empty.
    pg_catalog.query_to_xml(pg_catalog.format(
    'SELECT s.queryid::text AS query_id, r.rolname AS role, d.datname AS database, s.calls, s.total_exec_time AS total_ms, s.mean_exec_time AS mean_ms,
            s.rows, s.shared_blks_read, s.temp_blks_written, pg_catalog.left(s.query, 2000) AS query
     FROM %I.pg_stat_statements AS s
     LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = s.userid
     LEFT JOIN pg_catalog.pg_database AS d ON d.oid = s.dbid
     ORDER BY s.total_exec_time DESC
     LIMIT 50', n.nspname), false, false, '')::text AS statements
FROM pg_catalog.pg_extension AS e
JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
WHERE e.extname = 'pg_stat_statements'
