-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the fate of transaction $1: committed, aborted, in progress; null where it is too long ago to know; an error where it is still to come. And had the last checkpoint seen that number
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: status text, in_recovery bool, in_checkpoint bool
SELECT pg_catalog.pg_xact_status($1::pg_catalog.text::pg_catalog.xid8) AS status,
       pg_catalog.pg_is_in_recovery() AS in_recovery,
       (pg_catalog.split_part(c.next_xid, ':', 1)::pg_catalog.int8 << 32) + pg_catalog.split_part(c.next_xid, ':', 2)::pg_catalog.int8 > $1::pg_catalog.text::pg_catalog.int8 AS in_checkpoint
FROM pg_catalog.pg_control_checkpoint() c
