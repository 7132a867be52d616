-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: asks backend $1 to end when it is still the one that began at $2; no line: there is no such backend any more
-- since: 15
-- privilege: same role, or a member of it, or pg_signal_backend; a superuser's backend only by a superuser
-- cost: cheap
-- columns: asked bool
SELECT pg_catalog.pg_terminate_backend(a.pid) AS asked
FROM pg_catalog.pg_stat_activity AS a
WHERE a.pid = $1::pg_catalog.int4
  -- The same backend: a number may be given away again.
  AND ($2::pg_catalog.timestamptz IS NULL OR a.backend_start = $2)
  AND a.pid <> pg_catalog.pg_backend_pid()
