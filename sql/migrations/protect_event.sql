-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: not even its owner changes a line of the ledger by mistake
-- since: 15
-- privilege: the owner of the table
-- cost: cheap
-- columns: none
REVOKE UPDATE, DELETE, TRUNCATE ON howdah.migration_event FROM CURRENT_USER
