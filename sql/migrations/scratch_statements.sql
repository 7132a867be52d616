-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the statements that make, mark and drop a scratch database of this name ($1); the mark ($2) tells a later run whose it was; a copy of $3 where that is not empty
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: make text, mark text, drop text
SELECT pg_catalog.format('CREATE DATABASE %I TEMPLATE %I', $1::text, coalesce(nullif($3::text, ''), 'template0')) AS make, pg_catalog.format('COMMENT ON DATABASE %I IS %L', $1, $2::text) AS mark,
       pg_catalog.format('DROP DATABASE IF EXISTS %I WITH (FORCE)', $1) AS drop
