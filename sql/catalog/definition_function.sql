-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: a function's or procedure's text by pg_get_functiondef; an aggregate's put together, since the server has no such call for it ($1: oid)
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: definition text
SELECT CASE WHEN p.prokind <> 'a' THEN pg_catalog.rtrim(pg_catalog.pg_get_functiondef(p.oid), E'\n') || E';\n'
       ELSE (SELECT pg_catalog.concat(
                E'-- Put together from pg_aggregate; not the text it was made with.\n',
                pg_catalog.format(E'CREATE AGGREGATE %I.%I(%s) (\n    SFUNC = %s,\n    STYPE = %s', n.nspname, p.proname,
                    coalesce(nullif(pg_catalog.pg_get_function_arguments(p.oid), ''), '*'), g.aggtransfn, pg_catalog.format_type(g.aggtranstype, NULL)),
                CASE WHEN g.aggtransspace <> 0 THEN pg_catalog.format(E',\n    SSPACE = %s', g.aggtransspace) END,
                CASE WHEN g.aggfinalfn::pg_catalog.oid <> 0 THEN pg_catalog.format(E',\n    FINALFUNC = %s', g.aggfinalfn) END,
                CASE WHEN g.aggfinalextra THEN E',\n    FINALFUNC_EXTRA' END,
                CASE WHEN g.aggcombinefn::pg_catalog.oid <> 0 THEN pg_catalog.format(E',\n    COMBINEFUNC = %s', g.aggcombinefn) END,
                CASE WHEN g.aggserialfn::pg_catalog.oid <> 0 THEN pg_catalog.format(E',\n    SERIALFUNC = %s', g.aggserialfn) END,
                CASE WHEN g.aggdeserialfn::pg_catalog.oid <> 0 THEN pg_catalog.format(E',\n    DESERIALFUNC = %s', g.aggdeserialfn) END,
                CASE WHEN g.agginitval IS NOT NULL THEN pg_catalog.format(E',\n    INITCOND = %L', g.agginitval) END,
                CASE WHEN g.aggmtransfn::pg_catalog.oid <> 0
                     THEN pg_catalog.concat(pg_catalog.format(E',\n    MSFUNC = %s,\n    MINVFUNC = %s,\n    MSTYPE = %s', g.aggmtransfn, g.aggminvtransfn,
                              pg_catalog.format_type(g.aggmtranstype, NULL)),
                          CASE WHEN g.aggmfinalfn::pg_catalog.oid <> 0 THEN pg_catalog.format(E',\n    MFINALFUNC = %s', g.aggmfinalfn) END,
                          CASE WHEN g.aggminitval IS NOT NULL THEN pg_catalog.format(E',\n    MINITCOND = %L', g.aggminitval) END) END,
                CASE WHEN o.oprname IS NOT NULL THEN pg_catalog.format(E',\n    SORTOP = OPERATOR(%I.%s)', opn.nspname, o.oprname) END,
                CASE WHEN g.aggkind = 'h' THEN E',\n    HYPOTHETICAL' END,
                CASE p.proparallel WHEN 's' THEN E',\n    PARALLEL = SAFE' WHEN 'r' THEN E',\n    PARALLEL = RESTRICTED' END,
                E'\n);\n')
             FROM pg_catalog.pg_aggregate g
             LEFT JOIN pg_catalog.pg_operator o ON o.oid = g.aggsortop
             LEFT JOIN pg_catalog.pg_namespace opn ON opn.oid = o.oprnamespace
             WHERE g.aggfnoid = p.oid) END
       || coalesce(CASE WHEN d.description IS NOT NULL THEN pg_catalog.format(E'COMMENT ON %s %I.%I(%s) IS %L;\n', CASE p.prokind WHEN 'a' THEN 'AGGREGATE' WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END,
                   n.nspname, p.proname, coalesce(nullif(pg_catalog.pg_get_function_identity_arguments(p.oid), ''), CASE WHEN p.prokind = 'a' THEN '*' END), d.description) END, '') AS definition
FROM pg_catalog.pg_proc p
JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
LEFT JOIN pg_catalog.pg_description d ON d.objoid = p.oid AND d.classoid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.objsubid = 0
WHERE p.oid = $1::pg_catalog.oid
