-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the type that a person calls $1, by its full name; no row: there is none
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: type text
SELECT pg_catalog.format_type(t.oid, NULL) AS type
FROM pg_catalog.pg_type AS t
-- A bare number would be an OID to it.
WHERE t.oid = pg_catalog.to_regtype($1) AND $1 !~ '^[0-9]+$'
