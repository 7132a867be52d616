-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: nothing more is written in this transaction, or under this savepoint
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: set_config text
SELECT pg_catalog.set_config('transaction_read_only', 'on', true) AS set_config
