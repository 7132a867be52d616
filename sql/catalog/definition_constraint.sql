-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: a constraint's text by pg_get_constraintdef ($1: oid)
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: definition text
SELECT pg_catalog.format(E'ALTER TABLE %I.%I ADD CONSTRAINT %I %s;\n', n.nspname, c.relname, k.conname, pg_catalog.pg_get_constraintdef(k.oid)) AS definition
FROM pg_catalog.pg_constraint k
JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE k.oid = $1::pg_catalog.oid
