-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: a schema's statement ($1: oid)
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: definition text
SELECT pg_catalog.concat(pg_catalog.format(E'CREATE SCHEMA %I AUTHORIZATION %I;\n', n.nspname, pg_catalog.pg_get_userbyid(n.nspowner)),
    CASE WHEN pg_catalog.obj_description(n.oid, 'pg_namespace') IS NOT NULL
         THEN pg_catalog.format(E'COMMENT ON SCHEMA %I IS %L;\n', n.nspname, pg_catalog.obj_description(n.oid, 'pg_namespace')) END) AS definition
FROM pg_catalog.pg_namespace n WHERE n.oid = $1::pg_catalog.oid
