-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: what a database takes on disk; NULL where neither CONNECT nor pg_read_all_stats permits it ($1: oid)
-- since: 15
-- privilege: CONNECT on the database, or pg_read_all_stats
-- cost: heavy on a large database: each file's status
-- columns: total int8, grant_text text
SELECT CASE WHEN may.read THEN pg_catalog.pg_database_size(d.oid) END AS total,
       CASE WHEN NOT may.read THEN pg_catalog.format('GRANT CONNECT ON DATABASE %I TO %I', d.datname, current_user) END AS grant_text
FROM pg_catalog.pg_database d
CROSS JOIN LATERAL (SELECT pg_catalog.has_database_privilege(d.oid, 'CONNECT')
                           OR pg_catalog.pg_has_role(current_user, 'pg_read_all_stats', 'usage') AS read) may
WHERE d.oid = $1::pg_catalog.oid
