-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: gives the runners' lock back
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: unlocked bool
SELECT pg_catalog.pg_advisory_unlock($1) AS unlocked
