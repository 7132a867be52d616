-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: a snapshot's tables, views and materialized views
-- since: 15
-- privilege: none
-- cost: moderate: every view's query is put into words
-- columns: class oid, oid oid, sub int4, kind text, identity text, parent text, name text, position int4, value jsonb
WITH ours AS MATERIALIZED (
    -- Not the system's, not an extension's, not our own and not dbmate's.
    SELECT c.*, n.nspname, pg_catalog.format('%I.%I', n.nspname, c.relname) AS full_name
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'howdah') AND (n.nspname, c.relname) <> ('public', 'schema_migrations')
      AND c.relkind IN ('r', 'p', 'f', 'v', 'm')
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND e.objid = c.oid AND e.deptype = 'e')
)
SELECT 'pg_catalog.pg_class'::pg_catalog.regclass::oid AS class, c.oid, 0 AS sub,
       CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table' ELSE 'table' END AS kind,
       c.full_name AS identity, '' AS parent, pg_catalog.quote_ident(c.relname) AS name, 0 AS position,
       pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object(
           'persistence', CASE c.relpersistence WHEN 'u' THEN 'unlogged' END,
           'partitioned_by', CASE WHEN c.relkind = 'p' THEN pg_catalog.pg_get_partkeydef(c.oid) END,
           'bound', CASE WHEN c.relispartition THEN pg_catalog.pg_get_expr(c.relpartbound, c.oid) END,
           'parents', (SELECT pg_catalog.jsonb_agg(pg_catalog.format('%I.%I', pn.nspname, p.relname) ORDER BY i.inhseqno)
                       FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class p ON p.oid = i.inhparent
                       JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace WHERE i.inhrelid = c.oid),
           'of_type', CASE WHEN c.reloftype <> 0 THEN pg_catalog.format_type(c.reloftype, NULL) END,
           'options', (SELECT pg_catalog.jsonb_object_agg(o.option_name, o.option_value) FROM pg_catalog.pg_options_to_table(c.reloptions) o),
           'toast_options', (SELECT pg_catalog.jsonb_object_agg(o.option_name, o.option_value)
                             FROM pg_catalog.pg_class t, pg_catalog.pg_options_to_table(t.reloptions) o WHERE t.oid = c.reltoastrelid),
           'access_method', CASE WHEN am.amname <> 'heap' THEN am.amname END,
           'tablespace', (SELECT s.spcname FROM pg_catalog.pg_tablespace s WHERE s.oid = c.reltablespace),
           'row_security', CASE WHEN c.relrowsecurity THEN true END,
           'force_row_security', CASE WHEN c.relforcerowsecurity THEN true END,
           'replica_identity', CASE WHEN c.relkind IN ('r', 'p') THEN CASE c.relreplident WHEN 'n' THEN 'nothing' WHEN 'f' THEN 'full' WHEN 'i' THEN 'index' END END,
           'server', (SELECT pg_catalog.quote_ident(s.srvname) FROM pg_catalog.pg_foreign_table f JOIN pg_catalog.pg_foreign_server s ON s.oid = f.ftserver WHERE f.ftrelid = c.oid),
           'foreign_options', (SELECT pg_catalog.jsonb_object_agg(o.option_name, o.option_value)
                               FROM pg_catalog.pg_foreign_table f, pg_catalog.pg_options_to_table(f.ftoptions) o WHERE f.ftrelid = c.oid),
           'definition', CASE WHEN c.relkind IN ('v', 'm') THEN pg_catalog.pg_get_viewdef(c.oid) END,
           'unpopulated', CASE WHEN c.relkind = 'm' AND NOT c.relispopulated THEN true END,
           'columns', CASE WHEN c.relkind IN ('v', 'm') THEN
               (SELECT pg_catalog.jsonb_agg(pg_catalog.concat(pg_catalog.quote_ident(a.attname), ' ', pg_catalog.format_type(a.atttypid, a.atttypmod),
                    CASE WHEN a.attcollation <> t.typcollation THEN ' COLLATE ' || a.attcollation::pg_catalog.regcollation::text END) ORDER BY a.attnum)
                FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
                WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) END,
           'column_defaults', CASE WHEN c.relkind = 'v' THEN
               (SELECT pg_catalog.jsonb_object_agg(pg_catalog.quote_ident(a.attname), pg_catalog.pg_get_expr(d.adbin, d.adrelid))
                FROM pg_catalog.pg_attrdef d JOIN pg_catalog.pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum WHERE d.adrelid = c.oid) END)) AS value
FROM ours c LEFT JOIN pg_catalog.pg_am am ON am.oid = c.relam
