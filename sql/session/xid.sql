-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the number of this transaction, by which its fate can be asked after a lost link; null while it has written nothing
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: xid text
SELECT pg_catalog.pg_current_xact_id_if_assigned()::pg_catalog.text AS xid
