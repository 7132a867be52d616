-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: asks backend $1 to cancel what it runs when it is still the one that began at $2; NULL: there is no such backend any more
-- since: 15
-- privilege: same role, or a member of it, or pg_signal_backend; a superuser's backend only by a superuser
-- cost: cheap
-- columns: asked bool
SELECT pg_catalog.pg_cancel_backend(a.pid) AS asked
FROM pg_catalog.pg_stat_activity AS a
WHERE a.pid = $1::pg_catalog.int4 AND a.backend_start = $2::pg_catalog.timestamptz AND a.pid <> pg_catalog.pg_backend_pid()
