-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: what the largest databases take on disk; NULL where neither CONNECT nor pg_read_all_stats permits it ($1: how many)
-- since: 15
-- privilege: CONNECT on the database, or pg_read_all_stats
-- cost: heavy on large databases: the status of each file
-- columns: at_ms int8, postmaster_start float8, oid text, database text, size int8
SELECT (extract(epoch FROM pg_catalog.clock_timestamp()) * 1000)::int8 AS at_ms, extract(epoch FROM pg_catalog.pg_postmaster_start_time())::float8 AS postmaster_start,
       d.oid::text AS oid, d.datname::text AS database,
       CASE WHEN pg_catalog.has_database_privilege(d.oid, 'CONNECT') OR pg_catalog.pg_has_role(current_user, 'pg_read_all_stats', 'usage')
            THEN pg_catalog.pg_database_size(d.oid) END AS size
FROM pg_catalog.pg_database AS d
ORDER BY size DESC NULLS LAST, oid LIMIT $1::int8
