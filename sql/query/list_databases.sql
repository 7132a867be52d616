-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: databases for \l ($1: name, a regular expression or NULL)
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: name text, owner text, encoding text, locale_provider text, collation text, privileges text
SELECT d.datname::text AS name, pg_catalog.pg_get_userbyid(d.datdba)::text AS owner, pg_catalog.pg_encoding_to_char(d.encoding)::text AS encoding,
       CASE d.datlocprovider WHEN 'c' THEN 'libc' WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' END AS locale_provider,
       d.datcollate::text AS collation, pg_catalog.array_to_string(d.datacl, E'\n') AS privileges
FROM pg_catalog.pg_database d
WHERE ($1::text IS NULL OR d.datname OPERATOR(pg_catalog.~) $1::text COLLATE pg_catalog."default")
ORDER BY 1
