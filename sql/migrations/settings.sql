-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: what a run of migrations stands on: time in UTC, a client that goes is noticed, a transaction that is forgotten ends, the search path and the role that are said
-- since: 15
-- privilege: to be of the role $2 (none: the session's own)
-- cost: cheap
-- columns: done text
SELECT pg_catalog.concat(pg_catalog.set_config('TimeZone', 'UTC', false), pg_catalog.set_config('client_connection_check_interval', '1s', false),
                         pg_catalog.set_config('idle_in_transaction_session_timeout', '60s', false), pg_catalog.set_config('search_path', $1, false),
                         pg_catalog.set_config('role', $2, false)) AS done
