-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: asks backend $1, begun at $2, to cancel its statement when it is still the one begun at $3 (NULL: not to be seen); no line: it is not, or not running
-- since: 15
-- privilege: same role, or a member of it, or pg_signal_backend; a superuser's backend only by a superuser
-- cost: cheap
-- columns: asked bool
SELECT pg_catalog.pg_cancel_backend(a.pid) AS asked
FROM pg_catalog.pg_stat_activity AS a
WHERE a.pid = $1::pg_catalog.int4
  -- The same backend, and the same statement, as was asked about.
  AND ($2::pg_catalog.timestamptz IS NULL OR a.backend_start = $2)
  AND ($3::pg_catalog.timestamptz IS NULL OR a.query_start = $3)
  AND a.state IS DISTINCT FROM 'idle'
  AND a.pid <> pg_catalog.pg_backend_pid()
