-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: which backend answers (another than the link's own: a pooler stands between), and whether it may be written to
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: pid int4, in_recovery bool, database_oid oid
SELECT pg_catalog.pg_backend_pid() AS pid, pg_catalog.pg_is_in_recovery() AS in_recovery, d.oid AS database_oid
FROM pg_catalog.pg_database AS d
WHERE d.datname = pg_catalog.current_database()
