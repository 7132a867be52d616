-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: whether an index of this name ($1, as it is written) stands whole on that table ($2); no line: there is none
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: valid bool
SELECT i.indisvalid AS valid
FROM pg_catalog.pg_index AS i
JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_class AS t ON t.oid = i.indrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
WHERE c.relname = (pg_catalog.parse_ident($1))[1]
  AND (t.relname = (pg_catalog.parse_ident($2))[1] OR (n.nspname = (pg_catalog.parse_ident($2))[1] AND t.relname = (pg_catalog.parse_ident($2))[2]))
