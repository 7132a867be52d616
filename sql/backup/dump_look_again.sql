-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: lets a transaction that stays open see the sessions as they are now: its first look at them is kept otherwise
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: pg_stat_clear_snapshot void
SELECT pg_catalog.pg_stat_clear_snapshot()
