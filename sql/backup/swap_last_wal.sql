-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: up to where the WAL was written and the segment that holds its last byte, which is ended now. Where nothing was written since the last switch the
--       server ends none: the one before the empty one holds it
-- since: 15
-- privilege: superuser (pg_switch_wal)
-- cost: cheap; switches to a new WAL segment
-- columns: lsn pg_lsn, segment text, switched pg_lsn
WITH before AS MATERIALIZED (SELECT pg_catalog.pg_current_wal_flush_lsn() AS lsn)
SELECT before.lsn, pg_catalog.pg_walfile_name(before.lsn - 1) AS segment, pg_catalog.pg_switch_wal() AS switched FROM before
