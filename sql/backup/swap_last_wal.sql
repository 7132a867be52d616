-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: up to where the WAL was written, and, of a segment that is ended for it, its name
-- since: 15
-- privilege: superuser (pg_switch_wal)
-- cost: cheap; switches to a new WAL segment
-- columns: lsn pg_lsn, segment text
WITH before AS MATERIALIZED (SELECT pg_catalog.pg_current_wal_flush_lsn() AS lsn)
SELECT before.lsn, pg_catalog.pg_walfile_name(pg_catalog.pg_switch_wal()) AS segment FROM before
