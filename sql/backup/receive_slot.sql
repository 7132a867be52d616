-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: makes the slot that pg_receivewal reads; WAL is held for it from now on, and not only once it was read
-- since: 15
-- privilege: REPLICATION
-- cost: cheap; WAL is held back until the slot is read or dropped
-- columns: slot_name text, lsn text
SELECT slot_name::text AS slot_name, lsn::text AS lsn FROM pg_catalog.pg_create_physical_replication_slot($1::pg_catalog.name, true)
