-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: writes a restore point of this name ($1) into the WAL, to which recovery_target_name can go
-- since: 15
-- privilege: superuser, or EXECUTE on pg_create_restore_point(text)
-- cost: cheap
-- columns: lsn text
SELECT pg_catalog.pg_create_restore_point($1::pg_catalog.text)::pg_catalog.text AS lsn
