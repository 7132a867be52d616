-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: this transaction waits so long for a lock and no longer: a waiting DDL statement holds up everyone behind it
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: set_config text
SELECT pg_catalog.set_config('lock_timeout', $1, true)
