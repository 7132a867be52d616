-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: a short pause at each COMMIT of a statement that has several transactions, while it still has its locks: so that they are seen from outside ($1: microseconds; 0: none)
-- since: 15
-- privilege: superuser
-- cost: cheap
-- columns: done text
SELECT pg_catalog.concat(pg_catalog.set_config('commit_delay', $1, false), pg_catalog.set_config('commit_siblings', '0', false), pg_catalog.set_config('synchronous_commit', 'on', false)) AS done
