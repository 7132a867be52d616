-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: what \d says below the columns: a line each, in the order of psql ($1: the relation's oid)
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: part text, line text
SELECT x.part, x.line
FROM (
    SELECT 1 AS place, 'Partition of' AS part, pg_catalog.format('%s %s', i.inhparent::pg_catalog.regclass, pg_catalog.pg_get_expr(c.relpartbound, c.oid)) AS line,
           '' AS rank
    FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid WHERE i.inhrelid = $1::oid AND c.relispartition
    UNION ALL
    SELECT 2, 'Partition key', pg_catalog.pg_get_partkeydef(p.partrelid), '' FROM pg_catalog.pg_partitioned_table p WHERE p.partrelid = $1::oid
    UNION ALL
    SELECT 3, 'View definition', pg_catalog.pg_get_viewdef(c.oid, true), '' FROM pg_catalog.pg_class c WHERE c.oid = $1::oid AND c.relkind IN ('v', 'm')
    UNION ALL
    SELECT 4, 'Indexes',
           pg_catalog.format('%I %s%s%s%s', c.relname,
               CASE WHEN i.indisprimary THEN 'PRIMARY KEY, ' WHEN k.contype = 'u' THEN 'UNIQUE CONSTRAINT, ' WHEN i.indisunique THEN 'UNIQUE, ' ELSE '' END,
               CASE WHEN k.contype = 'x' THEN pg_catalog.pg_get_constraintdef(k.oid, true)
                    ELSE pg_catalog."substring"(pg_catalog.pg_get_indexdef(i.indexrelid, 0, true), ' USING (.*)$') END,
               CASE WHEN i.indisclustered THEN ' CLUSTER' ELSE '' END || CASE WHEN NOT i.indisvalid THEN ' INVALID' ELSE '' END,
               CASE WHEN i.indisreplident THEN ' REPLICA IDENTITY' ELSE '' END),
           (CASE WHEN i.indisprimary THEN '0' ELSE '1' END) || c.relname
    FROM pg_catalog.pg_index i
    JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
    LEFT JOIN pg_catalog.pg_constraint k ON k.conindid = i.indexrelid AND k.conrelid = i.indrelid AND k.contype IN ('p', 'u', 'x')
    WHERE i.indrelid = $1::oid
    UNION ALL
    SELECT 5, 'Index of', pg_catalog.format('%s: %s', i.indrelid::pg_catalog.regclass, pg_catalog.pg_get_indexdef(i.indexrelid, 0, true)), ''
    FROM pg_catalog.pg_index i WHERE i.indexrelid = $1::oid
    UNION ALL
    SELECT 6, 'Check constraints', pg_catalog.format('%I %s', k.conname, pg_catalog.pg_get_constraintdef(k.oid, true)), k.conname::text
    FROM pg_catalog.pg_constraint k WHERE k.conrelid = $1::oid AND k.contype = 'c'
    UNION ALL
    SELECT 7, 'Foreign-key constraints', pg_catalog.format('%I %s', k.conname, pg_catalog.pg_get_constraintdef(k.oid, true)), k.conname::text
    FROM pg_catalog.pg_constraint k WHERE k.conrelid = $1::oid AND k.contype = 'f'
    UNION ALL
    SELECT 8, 'Referenced by',
           pg_catalog.format('TABLE %s CONSTRAINT %I %s', k.conrelid::pg_catalog.regclass, k.conname, pg_catalog.pg_get_constraintdef(k.oid, true)), k.conname::text
    FROM pg_catalog.pg_constraint k WHERE k.confrelid = $1::oid AND k.contype = 'f'
    UNION ALL
    SELECT 9, 'Policies' || CASE WHEN c.relforcerowsecurity THEN ' (forced row security enabled)' WHEN c.relrowsecurity THEN '' ELSE ' (row security disabled)' END,
           pg_catalog.format('POLICY %I%s FOR %s%s%s', p.polname, CASE WHEN p.polpermissive THEN '' ELSE ' AS RESTRICTIVE' END,
               CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
               ' USING (' || pg_catalog.pg_get_expr(p.polqual, p.polrelid) || ')', ' WITH CHECK (' || pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) || ')'),
           p.polname::text
    FROM pg_catalog.pg_policy p JOIN pg_catalog.pg_class c ON c.oid = p.polrelid WHERE p.polrelid = $1::oid
    UNION ALL
    SELECT 10, 'Triggers', pg_catalog."substring"(pg_catalog.pg_get_triggerdef(t.oid, true), ' TRIGGER (.*)$')
               || CASE t.tgenabled WHEN 'D' THEN ' (disabled)' ELSE '' END, t.tgname::text
    FROM pg_catalog.pg_trigger t WHERE t.tgrelid = $1::oid AND NOT t.tgisinternal
    UNION ALL
    SELECT 11, 'Inherits', i.inhparent::pg_catalog.regclass::text, i.inhseqno::text
    FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid WHERE i.inhrelid = $1::oid AND NOT c.relispartition
    UNION ALL
    SELECT 12, 'Partitions', pg_catalog.format('%s %s', c.oid::pg_catalog.regclass, pg_catalog.pg_get_expr(c.relpartbound, c.oid)), c.relname::text
    FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = $1::oid AND c.relispartition
    UNION ALL
    SELECT 13, 'Comment', pg_catalog.obj_description($1::oid, 'pg_class'), '' WHERE pg_catalog.obj_description($1::oid, 'pg_class') IS NOT NULL
) x
ORDER BY x.place, x.rank
