-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: a snapshot's triggers, rules, policies and extended statistics
-- since: 15
-- privilege: none
-- cost: moderate: each is put into words
-- columns: class oid, oid oid, sub int4, kind text, identity text, parent text, name text, position int4, value jsonb
WITH ours AS MATERIALIZED (
    -- Not the system's, not an extension's, not our own and not dbmate's.
    SELECT c.*, n.nspname, pg_catalog.format('%I.%I', n.nspname, c.relname) AS full_name
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'howdah') AND (n.nspname, c.relname) <> ('public', 'schema_migrations')
      AND c.relkind IN ('r', 'p', 'f', 'v', 'm')
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND e.objid = c.oid AND e.deptype = 'e')
)
SELECT 'pg_catalog.pg_trigger'::pg_catalog.regclass::oid AS class, t.oid, 0 AS sub, 'trigger' AS kind, pg_catalog.format('%s.%I', c.full_name, t.tgname) AS identity,
       c.full_name AS parent, pg_catalog.quote_ident(t.tgname) AS name, 0 AS position,
       pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object(
           'definition', pg_catalog.pg_get_triggerdef(t.oid),
           'enabled', CASE t.tgenabled WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica' WHEN 'A' THEN 'always' END)) AS value
FROM ours c JOIN pg_catalog.pg_trigger t ON t.tgrelid = c.oid AND NOT t.tgisinternal AND t.tgparentid = 0
UNION ALL
SELECT 'pg_catalog.pg_rewrite'::pg_catalog.regclass::oid, r.oid, 0, 'rule', pg_catalog.format('%s.%I', c.full_name, r.rulename), c.full_name, pg_catalog.quote_ident(r.rulename), 0,
       pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object(
           'definition', pg_catalog.pg_get_ruledef(r.oid),
           'enabled', CASE r.ev_enabled WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica' WHEN 'A' THEN 'always' END))
FROM ours c JOIN pg_catalog.pg_rewrite r ON r.ev_class = c.oid AND r.rulename <> '_RETURN'
UNION ALL
SELECT 'pg_catalog.pg_policy'::pg_catalog.regclass::oid, p.oid, 0, 'policy', pg_catalog.format('%s.%I', c.full_name, p.polname), c.full_name, pg_catalog.quote_ident(p.polname), 0,
       pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object(
           'restrictive', CASE WHEN NOT p.polpermissive THEN true END,
           'command', CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
           'roles', (SELECT pg_catalog.jsonb_agg(o.role ORDER BY o.role)
                     FROM (SELECT CASE WHEN role = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(role)) END AS role
                           FROM pg_catalog.unnest(p.polroles) role) o),
           'using', pg_catalog.pg_get_expr(p.polqual, p.polrelid),
           'check', pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)))
FROM ours c JOIN pg_catalog.pg_policy p ON p.polrelid = c.oid
UNION ALL
SELECT 'pg_catalog.pg_statistic_ext'::pg_catalog.regclass::oid, s.oid, 0, 'statistics', pg_catalog.format('%I.%I', n.nspname, s.stxname), c.full_name, pg_catalog.quote_ident(s.stxname), 0,
       pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object(
           'definition', pg_catalog.pg_get_statisticsobjdef(s.oid), 'target', CASE WHEN s.stxstattarget >= 0 THEN s.stxstattarget END))
FROM ours c JOIN pg_catalog.pg_statistic_ext s ON s.stxrelid = c.oid JOIN pg_catalog.pg_namespace n ON n.oid = s.stxnamespace
