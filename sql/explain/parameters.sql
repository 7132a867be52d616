-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the types of the parameters of the prepared statement $1 of this session, as the server inferred them
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: number int8, type text
SELECT t.number, pg_catalog.format_type(t.oid, NULL) AS type
FROM pg_catalog.pg_prepared_statements AS p
CROSS JOIN LATERAL pg_catalog.unnest(p.parameter_types) WITH ORDINALITY AS t(oid, number)
WHERE p.name = $1
ORDER BY t.number
