-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: an index's text by pg_get_indexdef ($1: oid)
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: definition text
SELECT pg_catalog.concat(pg_catalog.pg_get_indexdef(i.indexrelid), ';',
           CASE WHEN NOT i.indisvalid THEN ' -- invalid on the server' END, E'\n') AS definition
FROM pg_catalog.pg_index i WHERE i.indexrelid = $1::pg_catalog.oid
