-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: which of the relations $1 refer to which by a foreign key
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: referring oid, referred oid
SELECT DISTINCT c.conrelid AS referring, c.confrelid AS referred
FROM pg_catalog.pg_constraint AS c
WHERE c.contype = 'f' AND c.conrelid = ANY ($1::pg_catalog.oid[]) AND c.confrelid = ANY ($1::pg_catalog.oid[])
