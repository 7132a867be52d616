-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: a sequence's statement ($1: oid)
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: definition text
SELECT pg_catalog.concat(
    'CREATE ', CASE c.relpersistence WHEN 'u' THEN 'UNLOGGED ' WHEN 't' THEN 'TEMPORARY ' END,
    pg_catalog.format(E'SEQUENCE %I.%I AS %s\n    START WITH %s INCREMENT BY %s MINVALUE %s MAXVALUE %s CACHE %s%s;\n', n.nspname, c.relname,
        pg_catalog.format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, CASE WHEN s.seqcycle THEN ' CYCLE' END),
    (SELECT CASE d.deptype
            WHEN 'i' THEN pg_catalog.format(E'-- belongs to the identity column %I.%I.%I\n', tn.nspname, t.relname, a.attname)
            ELSE pg_catalog.format(E'ALTER SEQUENCE %I.%I OWNED BY %I.%I.%I;\n', n.nspname, c.relname, tn.nspname, t.relname, a.attname) END
     FROM pg_catalog.pg_depend d
     JOIN pg_catalog.pg_class t ON t.oid = d.refobjid
     JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
     JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
     WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.objsubid = 0
       AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i') LIMIT 1),
    CASE WHEN pg_catalog.obj_description(c.oid, 'pg_class') IS NOT NULL
         THEN pg_catalog.format(E'COMMENT ON SEQUENCE %I.%I IS %L;\n', n.nspname, c.relname, pg_catalog.obj_description(c.oid, 'pg_class')) END) AS definition
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_sequence s ON s.seqrelid = c.oid
WHERE c.oid = $1::pg_catalog.oid
