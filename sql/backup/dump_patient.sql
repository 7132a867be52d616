-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: lets this transaction be idle for as long as a dump takes that reads by its snapshot
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: name text, value text
SELECT s.name, pg_catalog.set_config(s.name, '0', true) AS value
FROM pg_catalog.pg_settings AS s
WHERE s.name IN ('idle_in_transaction_session_timeout', 'transaction_timeout', 'statement_timeout')
ORDER BY 1
