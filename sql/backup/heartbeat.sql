-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: a transaction that changes nothing and is committed: a moment can be reached only where a commit follows it
-- since: 15
-- privilege: none
-- cost: cheap; it writes a commit record, so that archive_timeout switches a segment
-- columns: xid text
SELECT pg_catalog.pg_current_xact_id()::pg_catalog.text AS xid
