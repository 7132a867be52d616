-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: tablespaces for \db ($1: name, a regular expression or NULL)
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: name text, owner text, location text
SELECT t.spcname::text AS name, pg_catalog.pg_get_userbyid(t.spcowner)::text AS owner, pg_catalog.pg_tablespace_location(t.oid) AS location
FROM pg_catalog.pg_tablespace t
WHERE $1::text IS NULL OR t.spcname OPERATOR(pg_catalog.~) $1::text COLLATE pg_catalog."default"
ORDER BY 1
