-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: how many rows of the tables $1 died or came since the last VACUUM; no row on a standby, which does not count them
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: oid oid, live int8, dead int8, inserted int8
SELECT r.oid, pg_catalog.pg_stat_get_live_tuples(r.oid) AS live, pg_catalog.pg_stat_get_dead_tuples(r.oid) AS dead,
       pg_catalog.pg_stat_get_ins_since_vacuum(r.oid) AS inserted
FROM pg_catalog.unnest($1::pg_catalog.oid[]) AS r (oid)
WHERE NOT pg_catalog.pg_is_in_recovery()
