-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the statement that puts $2 made-up rows into table $1: types, keys, NOT NULL and a partition's bounds honoured. $3 false: a value of its own for each row; true: the columns
--   of a CHECK get what is most likely allowed (NULL, the default, a literal of the check). unknown: columns for which nothing can be made up
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: statement text, unknown text
WITH col AS (
    SELECT a.attnum, a.attname, NOT a.attnotnull AND NOT (t.typtype = 'd' AND t.typnotnull) AS nullable, a.atthasdef, pg_catalog.format_type(a.atttypid, a.atttypmod) AS type,
           b.typname::text AS base, b.typtype, b.typcategory, b.oid AS base_oid, CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END AS typmod,
           fk.confrelid, fk.refname,
           EXISTS (SELECT 1 FROM pg_catalog.pg_index AS x WHERE x.indrelid = c.oid AND x.indisunique AND x.indnkeyatts = 1 AND x.indkey[0] = a.attnum) AS alone_unique,
           ck.checks, part.lo, part.hi, part.one
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND a.attidentity <> 'a'
    JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
    JOIN pg_catalog.pg_type AS b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
    LEFT JOIN LATERAL (
        SELECT k.confrelid, r.attname AS refname
        FROM pg_catalog.pg_constraint AS k
        CROSS JOIN LATERAL ROWS FROM (pg_catalog.unnest(k.conkey), pg_catalog.unnest(k.confkey)) AS u (mine, theirs)
        JOIN pg_catalog.pg_attribute AS r ON r.attrelid = k.confrelid AND r.attnum = u.theirs
        WHERE k.conrelid = c.oid AND k.contype = 'f' AND u.mine = a.attnum
        ORDER BY k.oid LIMIT 1) AS fk ON true
    LEFT JOIN LATERAL (
        SELECT pg_catalog.string_agg(pg_catalog.pg_get_constraintdef(k.oid), ' ') AS checks
        FROM pg_catalog.pg_constraint AS k
        WHERE k.contype = 'c' AND ((k.conrelid = c.oid AND a.attnum = ANY (k.conkey)) OR (t.typtype = 'd' AND k.contypid = t.oid))) AS ck ON true
    -- The first value that a partition's bound allows, and the first behind it.
    LEFT JOIN LATERAL (
        SELECT substring(w.bound FROM 'FROM \(''?([^'',)]*)''?\) TO') AS lo, substring(w.bound FROM ' TO \(''?([^'',)]*)''?\)') AS hi,
               substring(w.bound FROM 'IN \(''?([^'',)]*)''?[,)]') AS one
        FROM pg_catalog.pg_inherits AS i
        JOIN pg_catalog.pg_partitioned_table AS p ON p.partrelid = i.inhparent AND p.partnatts = 1
        JOIN pg_catalog.pg_attribute AS key ON key.attrelid = p.partrelid AND key.attnum = p.partattrs[0]
        CROSS JOIN LATERAL (SELECT pg_catalog.pg_get_expr(c.relpartbound, c.oid) AS bound) AS w
        WHERE i.inhrelid = c.oid AND c.relispartition AND key.attname = a.attname) AS part ON true
    WHERE c.oid = $1::oid
), made AS (
    SELECT col.*, CASE
        WHEN one IS NOT NULL THEN pg_catalog.format('%L', one)
        WHEN lo IS NOT NULL AND lo NOT IN ('MINVALUE', 'MAXVALUE') AND base IN ('int2', 'int4', 'int8', 'numeric') THEN
            CASE WHEN hi = 'MAXVALUE' THEN pg_catalog.format('%s + g - 1', lo) ELSE pg_catalog.format('%s + (g - 1) %% greatest(1, (%s) - (%s))', lo, hi, lo) END
        WHEN lo IS NOT NULL AND lo NOT IN ('MINVALUE', 'MAXVALUE') AND base = 'date' THEN
            CASE WHEN hi = 'MAXVALUE' THEN pg_catalog.format('%L::date + g - 1', lo) ELSE pg_catalog.format('%L::date + (g - 1) %% greatest(1, %L::date - %L::date)', lo, hi, lo) END
        WHEN lo IS NOT NULL AND lo NOT IN ('MINVALUE', 'MAXVALUE') AND base IN ('timestamp', 'timestamptz') THEN
            CASE WHEN hi = 'MAXVALUE' THEN pg_catalog.format('%L::%s + g * interval ''1 minute''', lo, base)
                 ELSE pg_catalog.format('%L::%s + (%L::%s - %L::%s) * ((g - 1)::float8 / %s)', lo, base, hi, base, lo, base, $2::int4) END
        WHEN lo = 'MINVALUE' AND hi <> 'MAXVALUE' AND base IN ('int2', 'int4', 'int8', 'numeric') THEN pg_catalog.format('%s - g', hi)
        WHEN lo = 'MINVALUE' AND hi <> 'MAXVALUE' AND base = 'date' THEN pg_catalog.format('%L::date - g', hi)
        WHEN lo = 'MINVALUE' AND hi <> 'MAXVALUE' AND base IN ('timestamp', 'timestamptz') THEN pg_catalog.format('%L::%s - g * interval ''1 minute''', hi, base)
        WHEN lo IS NOT NULL AND lo <> 'MINVALUE' THEN pg_catalog.format('%L', lo)
        WHEN confrelid = $1::oid THEN CASE WHEN nullable THEN 'NULL' END
        WHEN confrelid IS NOT NULL THEN
            pg_catalog.format('(ARRAY(SELECT p.%1$I FROM %2$s AS p ORDER BY p.ctid LIMIT %3$s))[1 + (g - 1) %% greatest(1, (SELECT count(*) FROM (SELECT 1 FROM %2$s LIMIT %3$s) AS n)::int)]',
                              refname, (SELECT pg_catalog.format('%I.%I', rn.nspname, rc.relname) FROM pg_catalog.pg_class AS rc JOIN pg_catalog.pg_namespace AS rn ON rn.oid = rc.relnamespace WHERE rc.oid = confrelid),
                              CASE WHEN alone_unique THEN $2::int4 ELSE 100 END)
        WHEN $3::bool AND checks IS NOT NULL AND nullable THEN 'NULL'
        WHEN $3::bool AND checks IS NOT NULL AND atthasdef THEN ''
        WHEN $3::bool AND checks ~ '@' AND typcategory = 'S' THEN '''r'' || g || ''@example.com'''
        WHEN $3::bool AND checks ~ '''' AND typcategory = 'S' THEN pg_catalog.format('%L', substring(checks FROM '''([^'']*)'''))
        WHEN $3::bool AND checks IS NOT NULL AND typcategory = 'N' THEN coalesce(substring(checks FROM '>= \(?(-?[0-9.]+)'), '1')
        WHEN typtype = 'e' THEN pg_catalog.format('(pg_catalog.enum_range(NULL::%s))[1 + (g - 1) %% %s]', pg_catalog.format_type(base_oid, -1), (SELECT count(*) FROM pg_catalog.pg_enum AS e WHERE e.enumtypid = base_oid))
        WHEN typcategory = 'A' THEN '''{}'''
        WHEN base = 'int2' THEN 'g % 30000'
        WHEN base IN ('int4', 'int8', 'float4', 'float8', 'oid', 'money') THEN 'g'
        WHEN base = 'numeric' THEN CASE WHEN typmod = -1 THEN 'g' ELSE pg_catalog.format('g %% %s', greatest(1, (10 ^ least(9, ((typmod - 4) >> 16) - ((typmod - 4) & 2047)))::int8)) END
        WHEN base = 'bool' THEN 'g % 2 = 0'
        WHEN base IN ('varchar', 'bpchar') AND typmod BETWEEN 5 AND 9 THEN pg_catalog.format('right(lpad(g::text, %1$s, ''0''), %1$s)', typmod - 4)
        WHEN base IN ('varchar', 'bpchar', 'text', 'name', 'citext') THEN '''r'' || g'
        WHEN base = 'uuid' THEN 'md5(g::text)'
        WHEN base = 'date' THEN 'date ''2026-01-01'' + g % 3000'
        WHEN base IN ('timestamp', 'timestamptz') THEN 'timestamp ''2026-01-01'' + g * interval ''1 minute'''
        WHEN base IN ('time', 'timetz') THEN 'time ''00:00'' + g * interval ''1 second'''
        WHEN base = 'interval' THEN 'g * interval ''1 second'''
        WHEN base IN ('json', 'jsonb') THEN 'json_build_object(''n'', g)'
        WHEN base = 'bytea' THEN 'decode(md5(g::text), ''hex'')'
        WHEN base = 'inet' THEN 'inet ''10.0.0.0'' + g'
        WHEN base = 'cidr' THEN '''10.'' || g / 256 % 256 || ''.'' || g % 256 || ''.0/24'''
        WHEN base = 'bit' THEN pg_catalog.format('g::bit(%s)', CASE WHEN typmod > 0 THEN typmod ELSE 1 END)
        WHEN base = 'varbit' THEN 'g::bit(32)'
        WHEN base = 'point' THEN 'point(g, g)'
        WHEN base = 'tsvector' THEN 'to_tsvector(''simple'', ''r'' || g)'
        WHEN base IN ('int4range', 'int8range', 'numrange') THEN pg_catalog.format('%s(g, g + 1)', base)
        WHEN base = 'daterange' THEN 'daterange(date ''2026-01-01'' + g, date ''2026-01-01'' + g + 1)'
        WHEN base IN ('tsrange', 'tstzrange') THEN pg_catalog.format('%s(timestamp ''2026-01-01'' + g * interval ''1 minute'', timestamp ''2026-01-01'' + (g + 1) * interval ''1 minute'')', base)
        WHEN nullable THEN 'NULL'
        WHEN atthasdef THEN ''
    END AS value
    FROM col
)
SELECT CASE WHEN pg_catalog.bool_and(m.value IS NOT NULL) THEN
           pg_catalog.format('INSERT INTO %s (%s) SELECT %s FROM pg_catalog.generate_series(1, %s) AS g ON CONFLICT DO NOTHING',
                             (SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE c.oid = $1::oid),
                             pg_catalog.string_agg(pg_catalog.quote_ident(m.attname), ', ' ORDER BY m.attnum) FILTER (WHERE m.value <> ''),
                             pg_catalog.string_agg(pg_catalog.format('(%s)::%s', m.value, m.type), ', ' ORDER BY m.attnum) FILTER (WHERE m.value <> ''), $2::int4) END AS statement,
       pg_catalog.string_agg(pg_catalog.format('%I %s', m.attname, m.type), ', ' ORDER BY m.attnum) FILTER (WHERE m.value IS NULL) AS unknown
FROM made AS m
