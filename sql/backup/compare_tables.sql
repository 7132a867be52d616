-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: whatever holds rows or shows them, all schemas but the system's: columns, keys that can tell rows apart, triggers of its own, and what this role may do to it
-- since: 15
-- privilege: none
-- cost: moderate: a row for each relation with its columns
-- columns: oid oid, schema text, name text, kind text, persistence text, estimated int8, filtered bool, has_rules bool, may_insert bool, may_update bool, may_lock bool, ancestors text, columns text, keys text, triggers text
SELECT c.oid, n.nspname::text AS schema, c.relname::text AS name, c.relkind::text AS kind, c.relpersistence::text AS persistence, c.reltuples::int8 AS estimated,
       pg_catalog.row_security_active(c.oid) AS filtered,
       EXISTS (SELECT FROM pg_catalog.pg_rewrite AS w WHERE w.ev_class = c.oid AND c.relkind = 'r') AS has_rules,
       pg_catalog.has_table_privilege(c.oid, 'INSERT') AS may_insert, pg_catalog.has_table_privilege(c.oid, 'UPDATE') AS may_update,
       pg_catalog.has_table_privilege(c.oid, 'UPDATE, DELETE, TRUNCATE') AS may_lock,
       COALESCE((SELECT pg_catalog.json_agg(p.relid::oid::int8) FROM pg_catalog.pg_partition_ancestors(c.oid) AS p)::text, '[]') AS ancestors,
       COALESCE((SELECT pg_catalog.json_agg(pg_catalog.json_build_object('name', a.attname, 'type', pg_catalog.format_type(a.atttypid, a.atttypmod),
                            'base', pg_catalog.format_type(COALESCE(NULLIF(t.typbasetype, 0), a.atttypid), CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END), 'generated', a.attgenerated::text,
                            'identity', a.attidentity::text, 'not_null', a.attnotnull OR (t.typtype = 'd' AND t.typnotnull), 'default', a.atthasdef OR (t.typtype = 'd' AND t.typdefault IS NOT NULL))
                            ORDER BY a.attnum)
                 FROM pg_catalog.pg_attribute AS a JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
                 WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)::text, '[]') AS columns,
       -- Only what can hold no two equal rows, now and not only at a COMMIT; not_null: and no NULL, by which rows can be told apart.
       COALESCE((SELECT pg_catalog.json_agg(pg_catalog.json_build_object('columns', k.names, 'operators', k.operators, 'primary', i.indisprimary, 'not_null', k.all_not_null) ORDER BY i.indisprimary DESC, i.indnkeyatts, x.relname)
                 FROM pg_catalog.pg_index AS i
                 JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid
                 JOIN pg_catalog.pg_am AS am ON am.oid = x.relam AND am.amname = 'btree'
                 CROSS JOIN LATERAL (
                     SELECT pg_catalog.json_agg(a.attname ORDER BY u.place) AS names,
                            pg_catalog.json_agg((SELECT pg_catalog.format('OPERATOR(%I.%s)', o_n.nspname, o.oprname)
                                                 FROM pg_catalog.pg_opclass AS oc
                                                 JOIN pg_catalog.pg_amop AS am2 ON am2.amopfamily = oc.opcfamily AND am2.amoplefttype = oc.opcintype AND am2.amoprighttype = oc.opcintype AND am2.amopstrategy = 3
                                                 JOIN pg_catalog.pg_operator AS o ON o.oid = am2.amopopr
                                                 JOIN pg_catalog.pg_namespace AS o_n ON o_n.oid = o.oprnamespace
                                                 WHERE oc.oid = u.opclass) ORDER BY u.place) AS operators,
                            pg_catalog.bool_and(a.attnotnull) AS all_not_null
                     FROM ROWS FROM (pg_catalog.unnest(i.indkey::int2[]), pg_catalog.unnest(i.indclass::oid[])) WITH ORDINALITY AS u (attnum, opclass, place)
                     JOIN pg_catalog.pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = u.attnum
                     WHERE u.place <= i.indnkeyatts) AS k
                 WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indislive AND i.indimmediate AND NOT i.indisexclusion AND i.indpred IS NULL AND i.indexprs IS NULL)::text, '[]') AS keys,
       COALESCE((SELECT pg_catalog.json_agg(pg_catalog.json_build_object('name', g.tgname, 'enabled', g.tgenabled::text, 'insert', (g.tgtype::int4 & 4) <> 0, 'update', (g.tgtype::int4 & 16) <> 0,
                            'before', (g.tgtype::int4 & 2) <> 0) ORDER BY g.tgname)
                 FROM pg_catalog.pg_trigger AS g WHERE g.tgrelid = c.oid AND NOT g.tgisinternal)::text, '[]') AS triggers
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND c.relpersistence <> 't' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"
