-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: a snapshot's rights, where they differ from those that an object of its kind has when it is made
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: class oid, oid oid, sub int4, sub_name text, grantee text, privileges jsonb
WITH object AS (
    SELECT 'pg_catalog.pg_class'::pg_catalog.regclass::oid AS class, c.oid, 0 AS sub, NULL::text AS sub_name, c.relacl AS acl, c.relowner AS owner,
           CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char" AS type
    FROM pg_catalog.pg_class c WHERE c.relacl IS NOT NULL AND c.oid >= 16384
    UNION ALL
    SELECT 'pg_catalog.pg_class'::pg_catalog.regclass::oid, c.oid, a.attnum::integer, pg_catalog.quote_ident(a.attname), a.attacl, c.relowner, 'c'
    FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid WHERE a.attacl IS NOT NULL AND c.oid >= 16384 AND NOT a.attisdropped
    UNION ALL
    SELECT 'pg_catalog.pg_namespace'::pg_catalog.regclass::oid, n.oid, 0, NULL, n.nspacl, n.nspowner, 'n' FROM pg_catalog.pg_namespace n WHERE n.nspacl IS NOT NULL
    UNION ALL
    SELECT 'pg_catalog.pg_proc'::pg_catalog.regclass::oid, p.oid, 0, NULL, p.proacl, p.proowner, 'f' FROM pg_catalog.pg_proc p WHERE p.proacl IS NOT NULL AND p.oid >= 16384
    UNION ALL
    SELECT 'pg_catalog.pg_type'::pg_catalog.regclass::oid, t.oid, 0, NULL, t.typacl, t.typowner, 'T' FROM pg_catalog.pg_type t WHERE t.typacl IS NOT NULL AND t.oid >= 16384
), held AS (
    -- The owner by what it is and not by name: who owns is not compared.
    SELECT o.class, o.oid, o.sub, CASE WHEN x.grantee = o.owner THEN 'the owner' WHEN x.grantee = 0 THEN 'PUBLIC'
           ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) END AS grantee,
           pg_catalog.array_agg(DISTINCT x.privilege_type || CASE WHEN x.is_grantable AND x.grantee <> o.owner THEN ' WITH GRANT OPTION' ELSE '' END) AS privileges
    FROM object o CROSS JOIN LATERAL pg_catalog.aclexplode(o.acl) x GROUP BY 1, 2, 3, 4
), usual AS (
    SELECT o.class, o.oid, o.sub, CASE WHEN x.grantee = o.owner THEN 'the owner' ELSE 'PUBLIC' END AS grantee, pg_catalog.array_agg(DISTINCT x.privilege_type) AS privileges
    FROM object o CROSS JOIN LATERAL pg_catalog.aclexplode(pg_catalog.acldefault(o.type, o.owner)) x GROUP BY 1, 2, 3, 4
)
SELECT o.class, o.oid, o.sub, o.sub_name, g.grantee, pg_catalog.to_jsonb(COALESCE(g.privileges, '{}'::text[])) AS privileges
FROM (SELECT class, oid, sub, grantee, held.privileges FROM held FULL JOIN usual USING (class, oid, sub, grantee)
      WHERE held.privileges IS DISTINCT FROM usual.privileges) g
JOIN object o ON (o.class, o.oid, o.sub) = (g.class, g.oid, g.sub)
