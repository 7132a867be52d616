-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: made-up rows are no events: triggers rest (those that are ALWAYS do not) while they are put in ('replica'), and work again afterwards ('origin')
-- since: 15
-- privilege: superuser
-- cost: cheap
-- columns: done text
SELECT pg_catalog.set_config('session_replication_role', $1, false) AS done
