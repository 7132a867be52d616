-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: databases for \l+, with size ($1: name, a regular expression or NULL)
-- since: 15
-- privilege: none
-- cost: heavy: walks the files of each database
-- columns: name text, owner text, encoding text, locale_provider text, collation text, privileges text, size text, tablespace text, description text
SELECT d.datname::text AS name, pg_catalog.pg_get_userbyid(d.datdba)::text AS owner, pg_catalog.pg_encoding_to_char(d.encoding)::text AS encoding,
       CASE d.datlocprovider WHEN 'c' THEN 'libc' WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' END AS locale_provider,
       d.datcollate::text AS collation, pg_catalog.array_to_string(d.datacl, E'\n') AS privileges,
       CASE WHEN pg_catalog.has_database_privilege(d.datname, 'CONNECT')
            THEN pg_catalog.pg_size_pretty(pg_catalog.pg_database_size(d.datname)) ELSE 'not permitted' END AS size,
       t.spcname::text AS tablespace, pg_catalog.shobj_description(d.oid, 'pg_database') AS description
FROM pg_catalog.pg_database d
JOIN pg_catalog.pg_tablespace t ON t.oid = d.dattablespace
WHERE ($1::text IS NULL OR d.datname OPERATOR(pg_catalog.~) $1::text COLLATE pg_catalog."default")
ORDER BY 1
