-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: a database's statement, without its locale provider's finer settings ($1: oid)
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: definition text
SELECT pg_catalog.concat(
    pg_catalog.format(E'-- Put together from pg_database; the locale provider''s finer settings and role settings are not part of it.\nCREATE DATABASE %I OWNER %I ENCODING %L LC_COLLATE %L LC_CTYPE %L TEMPLATE template0', d.datname,
        pg_catalog.pg_get_userbyid(d.datdba), pg_catalog.pg_encoding_to_char(d.encoding), d.datcollate, d.datctype),
    CASE WHEN d.datconnlimit >= 0 THEN pg_catalog.format(' CONNECTION LIMIT %s', d.datconnlimit) END, E';\n',
    CASE WHEN pg_catalog.shobj_description(d.oid, 'pg_database') IS NOT NULL
         THEN pg_catalog.format(E'COMMENT ON DATABASE %I IS %L;\n', d.datname, pg_catalog.shobj_description(d.oid, 'pg_database')) END) AS definition
FROM pg_catalog.pg_database d WHERE d.oid = $1::pg_catalog.oid
