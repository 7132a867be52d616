-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: roles for \du and \dg ($1: name, a regular expression or NULL; $2: the system's too)
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: name text, attributes text, member_of text, description text
SELECT r.rolname::text AS name,
       pg_catalog.concat_ws(', ', CASE WHEN r.rolsuper THEN 'Superuser' END, CASE WHEN NOT r.rolinherit THEN 'No inheritance' END,
                            CASE WHEN r.rolcreaterole THEN 'Create role' END, CASE WHEN r.rolcreatedb THEN 'Create DB' END,
                            CASE WHEN NOT r.rolcanlogin THEN 'Cannot login' END, CASE WHEN r.rolreplication THEN 'Replication' END,
                            CASE WHEN r.rolbypassrls THEN 'Bypass RLS' END,
                            CASE WHEN r.rolconnlimit >= 0 THEN r.rolconnlimit || ' connections' END,
                            'Password valid until ' || r.rolvaliduntil) AS attributes,
       (SELECT pg_catalog.string_agg(g.rolname, ', ' ORDER BY g.rolname)
        FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_roles g ON g.oid = m.roleid WHERE m.member = r.oid) AS member_of,
       pg_catalog.shobj_description(r.oid, 'pg_authid') AS description
FROM pg_catalog.pg_roles r
WHERE ($1::text IS NULL OR r.rolname OPERATOR(pg_catalog.~) $1::text COLLATE pg_catalog."default")
  AND ($2::bool OR r.rolname OPERATOR(pg_catalog.!~) '^pg_')
ORDER BY 1
