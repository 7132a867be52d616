-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: one relation's columns for completion ($1: schema, $2: name)
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: name text, type text
SELECT a.attname::text AS name, pg_catalog.format_type(a.atttypid, a.atttypmod) AS type
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = $1::text AND c.relname = $2::text AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum
