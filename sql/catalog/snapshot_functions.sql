-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: a snapshot's functions, procedures and aggregates
-- since: 15
-- privilege: none
-- cost: moderate: each is put into words
-- columns: class oid, oid oid, sub int4, kind text, identity text, parent text, name text, position int4, value jsonb
SELECT 'pg_catalog.pg_proc'::pg_catalog.regclass::oid AS class, p.oid, 0 AS sub,
       CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END AS kind,
       pg_catalog.format('%I.%I(%s)', n.nspname, p.proname, pg_catalog.oidvectortypes(p.proargtypes)) AS identity, '' AS parent, pg_catalog.quote_ident(p.proname) AS name, 0 AS position,
       pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object(
           -- What CREATE OR REPLACE can't change stands apart.
           'signature', pg_catalog.pg_get_function_identity_arguments(p.oid),
           'result', pg_catalog.pg_get_function_result(p.oid),
           'defaults', CASE WHEN p.pronargdefaults > 0 THEN p.pronargdefaults::integer END,
           'language', l.lanname,
           'definition', CASE WHEN p.prokind <> 'a' THEN pg_catalog.pg_get_functiondef(p.oid) END,
           'aggregate', CASE WHEN p.prokind = 'a' THEN
               (SELECT pg_catalog.jsonb_build_object('kind', g.aggkind, 'direct', g.aggnumdirectargs, 'transition', g.aggtransfn::text, 'state', pg_catalog.format_type(g.aggtranstype, NULL),
                    'final', g.aggfinalfn::text, 'combine', g.aggcombinefn::text, 'serial', g.aggserialfn::text, 'deserial', g.aggdeserialfn::text,
                    'moving', g.aggmtransfn::text, 'inverse', g.aggminvtransfn::text, 'moving_final', g.aggmfinalfn::text, 'initial', g.agginitval, 'moving_initial', g.aggminitval,
                    'sort', g.aggsortop::pg_catalog.regoperator::text, 'parallel', p.proparallel)
                FROM pg_catalog.pg_aggregate g WHERE g.aggfnoid = p.oid) END)) AS value
FROM pg_catalog.pg_proc p
JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
JOIN pg_catalog.pg_language l ON l.oid = p.prolang
WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'howdah')
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND e.objid = p.oid AND e.deptype IN ('e', 'i'))
