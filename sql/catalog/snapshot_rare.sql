-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: a snapshot's objects of the rarer kinds: most by their names alone
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: class oid, oid oid, sub int4, kind text, identity text, parent text, name text, position int4, value jsonb
WITH rare AS (
    -- The rows of collations, publications and event triggers say all of them; of the others the name stands for the whole.
    SELECT 'pg_catalog.pg_collation'::pg_catalog.regclass::oid AS class, c.oid, pg_catalog.to_jsonb(c) - '{oid,collname,collnamespace,collowner,collversion}'::text[] AS value FROM pg_catalog.pg_collation c
    UNION ALL SELECT 'pg_catalog.pg_publication'::pg_catalog.regclass::oid, p.oid,
        pg_catalog.to_jsonb(p) - '{oid,pubname,pubowner}'::text[] || pg_catalog.jsonb_build_object('tables',
            (SELECT pg_catalog.jsonb_agg(pg_catalog.concat(r.prrelid::pg_catalog.regclass::text, ' WHERE ' || pg_catalog.pg_get_expr(r.prqual, r.prrelid)) ORDER BY r.prrelid::pg_catalog.regclass::text)
             FROM pg_catalog.pg_publication_rel r WHERE r.prpubid = p.oid),
            'schemas', (SELECT pg_catalog.jsonb_agg(s.pnnspid::pg_catalog.regnamespace::text ORDER BY s.pnnspid::pg_catalog.regnamespace::text)
                        FROM pg_catalog.pg_publication_namespace s WHERE s.pnpubid = p.oid))
        FROM pg_catalog.pg_publication p
    UNION ALL SELECT 'pg_catalog.pg_event_trigger'::pg_catalog.regclass::oid, e.oid, pg_catalog.to_jsonb(e) - '{oid,evtname,evtowner}'::text[]
        || pg_catalog.jsonb_build_object('evtfoid', e.evtfoid::pg_catalog.regprocedure::text) FROM pg_catalog.pg_event_trigger e
    UNION ALL SELECT 'pg_catalog.pg_default_acl'::pg_catalog.regclass::oid, a.oid, pg_catalog.jsonb_build_object('privileges',
            (SELECT pg_catalog.jsonb_agg(i::text ORDER BY i::text) FROM pg_catalog.unnest(a.defaclacl) i)) FROM pg_catalog.pg_default_acl a
    UNION ALL SELECT 'pg_catalog.pg_conversion'::pg_catalog.regclass::oid, oid, NULL FROM pg_catalog.pg_conversion
    UNION ALL SELECT 'pg_catalog.pg_cast'::pg_catalog.regclass::oid, oid, NULL FROM pg_catalog.pg_cast
    UNION ALL SELECT 'pg_catalog.pg_operator'::pg_catalog.regclass::oid, oid, NULL FROM pg_catalog.pg_operator
    UNION ALL SELECT 'pg_catalog.pg_opclass'::pg_catalog.regclass::oid, oid, NULL FROM pg_catalog.pg_opclass
    UNION ALL SELECT 'pg_catalog.pg_opfamily'::pg_catalog.regclass::oid, oid, NULL FROM pg_catalog.pg_opfamily
    UNION ALL SELECT 'pg_catalog.pg_ts_config'::pg_catalog.regclass::oid, oid, NULL FROM pg_catalog.pg_ts_config
    UNION ALL SELECT 'pg_catalog.pg_ts_dict'::pg_catalog.regclass::oid, oid, NULL FROM pg_catalog.pg_ts_dict
    UNION ALL SELECT 'pg_catalog.pg_ts_parser'::pg_catalog.regclass::oid, oid, NULL FROM pg_catalog.pg_ts_parser
    UNION ALL SELECT 'pg_catalog.pg_ts_template'::pg_catalog.regclass::oid, oid, NULL FROM pg_catalog.pg_ts_template
    UNION ALL SELECT 'pg_catalog.pg_language'::pg_catalog.regclass::oid, oid, NULL FROM pg_catalog.pg_language
    UNION ALL SELECT 'pg_catalog.pg_transform'::pg_catalog.regclass::oid, oid, NULL FROM pg_catalog.pg_transform
    UNION ALL SELECT 'pg_catalog.pg_am'::pg_catalog.regclass::oid, oid, NULL FROM pg_catalog.pg_am
    UNION ALL SELECT 'pg_catalog.pg_foreign_data_wrapper'::pg_catalog.regclass::oid, oid, NULL FROM pg_catalog.pg_foreign_data_wrapper
    UNION ALL SELECT 'pg_catalog.pg_foreign_server'::pg_catalog.regclass::oid, oid, NULL FROM pg_catalog.pg_foreign_server
    UNION ALL SELECT 'pg_catalog.pg_type'::pg_catalog.regclass::oid, oid, NULL FROM pg_catalog.pg_type WHERE typtype = 'b' AND typcategory <> 'A'
)
SELECT r.class, r.oid, 0 AS sub, i.type AS kind, i.identity, '' AS parent, COALESCE(i.name, i.identity) AS name, 0 AS position,
       COALESCE(pg_catalog.jsonb_strip_nulls(r.value), '{"name only": true}') AS value
FROM rare r CROSS JOIN LATERAL pg_catalog.pg_identify_object(r.class, r.oid, 0) i
WHERE r.oid >= 16384 AND (i.schema IS NULL OR i.schema !~ '^"?pg_' AND i.schema NOT IN ('information_schema', 'howdah')) AND i.identity IS NOT NULL
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = r.class AND e.objid = r.oid AND e.deptype IN ('e', 'i'))
