-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: what a preview stands on: nothing runs in parallel, whose rows would be counted elsewhere; nothing waits or runs without end
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: done text
SELECT pg_catalog.concat(pg_catalog.set_config('max_parallel_maintenance_workers', '0', false), pg_catalog.set_config('max_parallel_workers_per_gather', '0', false),
                         pg_catalog.set_config('lock_timeout', '30s', false), pg_catalog.set_config('statement_timeout', '10min', false),
                         pg_catalog.set_config('idle_in_transaction_session_timeout', '0', false)) AS done
