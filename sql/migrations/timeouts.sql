-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: how long the statements to come wait for a lock and run, in ms; 0: without end
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: done text
SELECT pg_catalog.concat(pg_catalog.set_config('lock_timeout', $1, false), pg_catalog.set_config('statement_timeout', $2, false)) AS done
