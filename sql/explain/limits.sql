-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: how long a statement ($1) and a wait for a lock ($2) may last, how prepared statements are planned ($3) and where
--   names are looked for ($4), to the end of the transaction
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: search_path text
SELECT s.search_path
FROM (SELECT pg_catalog.set_config('statement_timeout', $1, true), pg_catalog.set_config('lock_timeout', $2, true),
             pg_catalog.set_config('plan_cache_mode', $3, true), pg_catalog.set_config('search_path', $4, true) AS search_path) AS s
