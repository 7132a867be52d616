-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: for the rest of this transaction row security as $1 says ('off': an error instead of a silent subset), and what was set before
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: before text, now text
SELECT old.before, pg_catalog.set_config('row_security', $1, true) AS now
FROM (SELECT pg_catalog.current_setting('row_security') AS before OFFSET 0) AS old
