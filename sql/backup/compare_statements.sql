-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the statements that look into the rows of table $1.$2: over the columns $3, told apart by the columns $4 (none: by all of them). A row is hashed as the text of ROW(…), so that NULL
--   and '' differ, twice, into 128 bits; a table's hash is the sums of these, for which no order matters and in which a row twice counts twice
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: total text, buckets text, cursor text, examples text
WITH names AS (
    SELECT pg_catalog.format('%I.%I', $1::text, $2::text) AS tab,
           (SELECT pg_catalog.string_agg(pg_catalog.format('t.%I', u.c), ', ' ORDER BY u.n) FROM pg_catalog.jsonb_array_elements_text($3::jsonb) WITH ORDINALITY AS u (c, n)) AS row_list,
           -- Keys that are equal have one text: 1.0 is 1.00, and citext has no capitals
           (SELECT pg_catalog.string_agg(pg_catalog.format(CASE WHEN b.oid = 'pg_catalog.numeric'::pg_catalog.regtype THEN 'pg_catalog.trim_scale(t.%I::pg_catalog.numeric)'
                                                                WHEN b.oid IN ('pg_catalog.float4'::pg_catalog.regtype, 'pg_catalog.float8'::pg_catalog.regtype) THEN '(t.%I::pg_catalog.float8 OPERATOR(pg_catalog.+) 0)'
                                                                WHEN b.typname = 'citext' THEN 'pg_catalog.lower(t.%I::pg_catalog.text)'
                                                                ELSE 't.%I' END, u.c), ', ' ORDER BY u.n)
            FROM pg_catalog.jsonb_array_elements_text($4::jsonb) WITH ORDINALITY AS u (c, n)
            LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = pg_catalog.to_regclass(pg_catalog.format('%I.%I', $1::text, $2::text)) AND a.attname = u.c
            LEFT JOIN pg_catalog.pg_type AS y ON y.oid = a.atttypid
            LEFT JOIN pg_catalog.pg_type AS b ON b.oid = COALESCE(NULLIF(y.typbasetype, 0), y.oid)) AS key_list,
           (SELECT pg_catalog.string_agg(pg_catalog.format('t.%I::pg_catalog.text', u.c), ', ' ORDER BY u.n) FROM pg_catalog.jsonb_array_elements_text($4::jsonb) WITH ORDINALITY AS u (c, n)) AS key_texts,
           (SELECT pg_catalog.string_agg(pg_catalog.quote_literal(u.c), ', ' ORDER BY u.n) FROM pg_catalog.jsonb_array_elements_text($3::jsonb) WITH ORDINALITY AS u (c, n)) AS labels,
           (SELECT pg_catalog.string_agg(pg_catalog.format('pg_catalog."left"(t.%I::pg_catalog.text, 400)', u.c), ', ' ORDER BY u.n) FROM pg_catalog.jsonb_array_elements_text($3::jsonb) WITH ORDINALITY AS u (c, n)) AS shown
), texts AS (
    SELECT tab, labels, shown, COALESCE(key_texts, '') AS key_texts,
           pg_catalog.format('ROW(%s)::pg_catalog.text COLLATE pg_catalog."C"', row_list) AS r,
           pg_catalog.format('ROW(%s)::pg_catalog.text COLLATE pg_catalog."C"', COALESCE(key_list, row_list)) AS k,
           'COALESCE(pg_catalog.sum(pg_catalog.hashtextextended(x.r, 0)), 0)::pg_catalog.text AS h1, COALESCE(pg_catalog.sum(pg_catalog.hashtextextended(x.r, 7237128888997146477)), 0)::pg_catalog.text AS h2' AS sums
    FROM names
)
SELECT pg_catalog.format('SELECT pg_catalog.count(*) AS n, %s FROM (SELECT %s AS r FROM ONLY %s AS t OFFSET 0) AS x', sums, r, tab) AS total,
       -- $1: how many buckets less one, a power of two
       pg_catalog.format('SELECT pg_catalog.hashtextextended(x.k, 0) & $1::int8 AS bucket, pg_catalog.count(*) AS n, %s FROM (SELECT %s AS k, %s AS r FROM ONLY %s AS t OFFSET 0) AS x GROUP BY 1', sums, k, r, tab) AS buckets,
       -- $2: the buckets
       pg_catalog.format('DECLARE howdah_compare NO SCROLL CURSOR FOR SELECT pg_catalog.hashtextextended(x.k, 0), pg_catalog.hashtextextended(x.k, 7237128888997146477), pg_catalog.hashtextextended(x.r, 0), '
                         'pg_catalog.hashtextextended(x.r, 7237128888997146477), pg_catalog.count(*) FROM (SELECT %s AS k, %s AS r FROM ONLY %s AS t OFFSET 0) AS x '
                         'WHERE (pg_catalog.hashtextextended(x.k, 0) & $1::int8) = ANY ($2::int8[]) GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4', k, r, tab) AS cursor,
       -- $1: the first halves of the keys' hashes
       pg_catalog.format('SELECT DISTINCT ON (k1, k2) pg_catalog.hashtextextended(%s, 0) AS k1, pg_catalog.hashtextextended(%s, 7237128888997146477) AS k2, '
                         'pg_catalog.array_to_json(ARRAY[%s]::pg_catalog.text[])::pg_catalog.text AS key, '
                         'pg_catalog.json_object(ARRAY[%s]::pg_catalog.text[], ARRAY[%s]::pg_catalog.text[])::pg_catalog.text AS shown '
                         'FROM ONLY %s AS t WHERE pg_catalog.hashtextextended(%s, 0) = ANY ($1::int8[]) ORDER BY k1, k2', k, k, key_texts, labels, shown, tab, k) AS examples
FROM texts
