-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the lock of trials in this database ($1), if nobody has it; of the session
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: locked bool
SELECT pg_catalog.pg_try_advisory_lock($1) AS locked
