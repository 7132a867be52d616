-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the runners' lock, if nobody has it; of the session, so that it outlives a transaction. Polled: who waits within a statement holds a snapshot, and with it a CONCURRENTLY of the other
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: locked bool
SELECT pg_catalog.pg_try_advisory_lock($1) AS locked
