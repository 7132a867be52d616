-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: a view's or materialized view's statement, its query by pg_get_viewdef ($1: oid)
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: definition text
SELECT pg_catalog.concat(
    'CREATE ', CASE WHEN c.relpersistence = 't' THEN 'TEMPORARY ' END, CASE WHEN c.relkind = 'm' THEN 'MATERIALIZED ' END,
    pg_catalog.format('VIEW %I.%I', n.nspname, c.relname),
    ' WITH (' || (SELECT pg_catalog.string_agg(pg_catalog.format('%I=%L', o.option_name, o.option_value), ', ')
                  FROM pg_catalog.pg_options_to_table(c.reloptions) o) || ')',
    E' AS\n', pg_catalog.rtrim(pg_catalog.pg_get_viewdef(c.oid), ';'),
    CASE WHEN c.relkind = 'm' AND NOT c.relispopulated THEN E'\nWITH NO DATA' END, E';\n',
    pg_catalog.format(E'ALTER %sVIEW %I.%I OWNER TO %I;\n', CASE WHEN c.relkind = 'm' THEN 'MATERIALIZED ' END, n.nspname, c.relname, pg_catalog.pg_get_userbyid(c.relowner)),
    (SELECT pg_catalog.string_agg(pg_catalog.pg_get_indexdef(i.indexrelid) || E';\n', '' ORDER BY i.indexrelid)
     FROM pg_catalog.pg_index i WHERE i.indrelid = c.oid),
    (SELECT pg_catalog.string_agg(pg_catalog.pg_get_triggerdef(t.oid) || E';\n', '' ORDER BY t.tgname::text COLLATE "C")
     FROM pg_catalog.pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal),
    (SELECT pg_catalog.string_agg(CASE WHEN d.objsubid = 0
                THEN pg_catalog.format(E'COMMENT ON %sVIEW %I.%I IS %L;\n', CASE WHEN c.relkind = 'm' THEN 'MATERIALIZED ' END, n.nspname, c.relname, d.description)
                ELSE pg_catalog.format(E'COMMENT ON COLUMN %I.%I.%I IS %L;\n', n.nspname, c.relname,
                    (SELECT a.attname FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = d.objsubid), d.description) END, '' ORDER BY d.objsubid)
     FROM pg_catalog.pg_description d WHERE d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objoid = c.oid)) AS definition
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.oid = $1::pg_catalog.oid AND c.relkind IN ('v', 'm')
