-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: what this backend counted is told to everybody when the statement ends, not later
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: done text
SELECT pg_catalog.pg_stat_force_next_flush()::text AS done
