-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: all rows of another tool's table ($1), as a JSON array in one element of XML: the way to read a table whose name is known at run time, without a statement being put together outside of the server
-- since: 15
-- privilege: SELECT on the table
-- cost: as large as the table
-- columns: rows text
SELECT pg_catalog.query_to_xml(pg_catalog.format('SELECT pg_catalog.json_agg(pg_catalog.to_json(t)) AS j FROM %s AS t', $1::oid::regclass), false, true, '')::text AS rows
