-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: gives the lock of trials back ($1)
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: unlocked bool
SELECT pg_catalog.pg_advisory_unlock($1) AS unlocked
