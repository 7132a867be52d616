-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: bytes in the temporary files of each backend, which are named pgsql_tmp<pid>.<number>; what parallel workers share is not counted
-- since: 15
-- privilege: EXECUTE on pg_ls_tmpdir(oid) (in pg_monitor): ask for it only where it is
-- cost: cheap: one look at a folder for each tablespace
-- columns: pid int4, bytes int8
SELECT pg_catalog.substring(f.name, '^pgsql_tmp([0-9]+)\.')::int4 AS pid, pg_catalog.sum(f.size)::int8 AS bytes
FROM pg_catalog.pg_tablespace AS t
CROSS JOIN LATERAL pg_catalog.pg_ls_tmpdir(t.oid) AS f
WHERE t.spcname <> 'pg_global' AND f.name ~ '^pgsql_tmp[0-9]+\.'
GROUP BY 1
