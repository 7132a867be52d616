-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the columns of a query for \gdesc ($1: their names, $2: the oids of their types)
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: Column text, Type text
SELECT x.name AS "Column", pg_catalog.format_type(x.type, NULL) AS "Type"
FROM ROWS FROM (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::oid[])) WITH ORDINALITY x (name, type, place)
ORDER BY x.place
