-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: each database's distance to wraparound, and the limits that are set against it
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: database text, xid_age int4, multixact_age int4, freeze_max_age int8, multixact_freeze_max_age int8, failsafe_age int8, multixact_failsafe_age int8, may_read_all bool
SELECT d.datname::text AS database, pg_catalog.age(d.datfrozenxid) AS xid_age, pg_catalog.mxid_age(d.datminmxid) AS multixact_age,
       pg_catalog.current_setting('autovacuum_freeze_max_age')::int8 AS freeze_max_age,
       pg_catalog.current_setting('autovacuum_multixact_freeze_max_age')::int8 AS multixact_freeze_max_age,
       -- The failsafe never acts below 1.05 times the limit at which autovacuum is forced (vacuum.c, vacuum_xid_failsafe_check).
       greatest(pg_catalog.current_setting('vacuum_failsafe_age')::int8,
                (pg_catalog.current_setting('autovacuum_freeze_max_age')::int8 * 1.05)::int8) AS failsafe_age,
       greatest(pg_catalog.current_setting('vacuum_multixact_failsafe_age')::int8,
                (pg_catalog.current_setting('autovacuum_multixact_freeze_max_age')::int8 * 1.05)::int8) AS multixact_failsafe_age,
       -- Whether the holders are all of them.
       pg_catalog.pg_has_role('pg_read_all_stats', 'USAGE') AS may_read_all
FROM pg_catalog.pg_database AS d
ORDER BY 2 DESC, 1
