-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the server's databases
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: oid oid, name text, owner text, comment text, encoding text, collation text, connection_limit int4, system bool, permitted bool
SELECT d.oid, d.datname::text AS name, pg_catalog.pg_get_userbyid(d.datdba)::text AS owner,
       pg_catalog.shobj_description(d.oid, 'pg_database') AS comment,
       pg_catalog.pg_encoding_to_char(d.encoding)::text AS encoding, d.datcollate::text AS collation,
       d.datconnlimit AS connection_limit,
       d.datistemplate OR NOT d.datallowconn AS system,
       d.datallowconn AND pg_catalog.has_database_privilege(d.oid, 'CONNECT') AS permitted
FROM pg_catalog.pg_database d
ORDER BY d.datname::text COLLATE "C"
