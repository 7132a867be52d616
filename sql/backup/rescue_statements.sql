-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the statements that bring rows of table $1.$2 back: its columns $3, told apart by the columns $4 with the operators $5 (none: by all of their text), by way of the temporary table $6;
--   $7 are the columns that an UPDATE may set, $8 leaves out what conflicts, $9 and $10 say which buckets of how many less one come (null: all rows);
--   $11: those of the columns that are of another type in the copy ([{"column", "type"}]): their texts come beside them, altered counts the values that are not what these say. lock and patience ($12: how
--   long) keep others from putting in what no key would refuse twice; for the begin of a transaction
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: stage text, copy_out text, source_sums text, copy_in text, analyze text, sums text, drop_equal text, counts text, keep_missing text, keep_changed text, keep_named text, overwritten text, update text, insert text, verify text, came text, altered text, patience text, lock text
WITH names AS (
    SELECT pg_catalog.format('%I.%I', $1::text, $2::text) AS tab, pg_catalog.format('pg_temp.%I', $6::text) AS tmp,
           pg_catalog.string_agg(pg_catalog.format('%I', u.c), ', ' ORDER BY u.n) AS plain,
           pg_catalog.string_agg(pg_catalog.format('s.%I', u.c), ', ' ORDER BY u.n) AS s_list, pg_catalog.string_agg(pg_catalog.format('t.%I', u.c), ', ' ORDER BY u.n) AS t_list,
           (SELECT pg_catalog.string_agg(pg_catalog.format('t.%I %s s.%I', k.c, $5::jsonb ->> (k.n - 1)::int4, k.c), ' AND ' ORDER BY k.n) FROM pg_catalog.jsonb_array_elements_text($4::jsonb) WITH ORDINALITY AS k (c, n)) AS match,
           (SELECT pg_catalog.string_agg(pg_catalog.format('t.%I', k.c), ', ' ORDER BY k.n) FROM pg_catalog.jsonb_array_elements_text($4::jsonb) WITH ORDINALITY AS k (c, n)) AS t_key,
           (SELECT pg_catalog.string_agg(pg_catalog.format('s.%I::pg_catalog.text', k.c), ', ' ORDER BY k.n) FROM pg_catalog.jsonb_array_elements_text($4::jsonb) WITH ORDINALITY AS k (c, n)) AS s_key_texts,
           (SELECT pg_catalog.string_agg(pg_catalog.format('%I = s.%I', w.c, w.c), ', ' ORDER BY w.n) FROM pg_catalog.jsonb_array_elements_text($7::jsonb) WITH ORDINALITY AS w (c, n)) AS sets,
           pg_catalog.string_agg(CASE WHEN o.type IS NULL THEN pg_catalog.format('s.%I', u.c) ELSE pg_catalog.format('s.%I', 'howdah was ' || u.n) END, ', ' ORDER BY u.n) AS came_list,
           COALESCE(pg_catalog.string_agg(pg_catalog.format(', NULL::pg_catalog.text AS %I', 'howdah was ' || u.n), '' ORDER BY u.n) FILTER (WHERE o.type IS NOT NULL), '') AS was_make,
           COALESCE(pg_catalog.string_agg(pg_catalog.format(', CASE WHEN t.%1$I IS DISTINCT FROM NULL THEN pg_catalog.format(''%%s'', t.%1$I) END', u.c), '' ORDER BY u.n) FILTER (WHERE o.type IS NOT NULL), '') AS was_read,
           COALESCE(pg_catalog.string_agg(pg_catalog.format(', %I', 'howdah was ' || u.n), '' ORDER BY u.n) FILTER (WHERE o.type IS NOT NULL), '') AS was_plain,
           -- Back into what it was, where this server knows the type, so that 1.5 and 1.50 are one: to_regtype() takes nothing but a type's name. By format(), which is the type's own text and no cast's.
           pg_catalog.string_agg(pg_catalog.format(CASE WHEN pg_catalog.to_regtype(o.type) IS NOT NULL THEN 'CASE WHEN s.%1$I IS DISTINCT FROM NULL THEN pg_catalog.format(''%%s'', pg_catalog.format(''%%s'', s.%1$I)::%2$s) END'
                                                        ELSE 'CASE WHEN s.%1$I IS DISTINCT FROM NULL THEN pg_catalog.format(''%%s'', s.%1$I) END' END || ' COLLATE pg_catalog."C" IS DISTINCT FROM s.%3$I COLLATE pg_catalog."C"',
                                                   u.c, o.type, 'howdah was ' || u.n), ' OR ' ORDER BY u.n) FILTER (WHERE o.type IS NOT NULL) AS is_altered
    FROM pg_catalog.jsonb_array_elements_text($3::jsonb) WITH ORDINALITY AS u (c, n)
    LEFT JOIN LATERAL (SELECT x.one ->> 'type' AS type FROM pg_catalog.jsonb_array_elements($11::jsonb) AS x (one) WHERE x.one ->> 'column' = u.c) AS o ON true
), texts AS (
    SELECT *, pg_catalog.format('ROW(%s)::pg_catalog.text COLLATE pg_catalog."C"', s_list) AS s, pg_catalog.format('ROW(%s)::pg_catalog.text COLLATE pg_catalog."C"', t_list) AS t,
           CASE WHEN $9::int8 IS NULL THEN '' ELSE pg_catalog.format(' WHERE (pg_catalog.hashtextextended(ROW(%s)::pg_catalog.text COLLATE pg_catalog."C", 0) & %s) = ANY (%L::int8[])', COALESCE(t_key, t_list), $9::int8, $10::text) END AS which,
           'pg_catalog.count(*) AS n, COALESCE(pg_catalog.sum(pg_catalog.hashtextextended(%1$s, 0)), 0)::pg_catalog.text AS h1, COALESCE(pg_catalog.sum(pg_catalog.hashtextextended(%1$s, 7237128888997146477)), 0)::pg_catalog.text AS h2' AS sums_form
    FROM names
)
SELECT pg_catalog.format('CREATE TEMPORARY TABLE %s ON COMMIT DROP AS SELECT %s%s FROM ONLY %s AS t WITH NO DATA', tmp, t_list, was_make, tab) AS stage,
       pg_catalog.format('COPY (SELECT %s%s FROM ONLY %s AS t%s) TO STDOUT', t_list, was_read, tab, which) AS copy_out,
       pg_catalog.format('SELECT %s FROM ONLY %s AS t%s', pg_catalog.format(sums_form, t), tab, which) AS source_sums,
       pg_catalog.format('COPY %s (%s%s) FROM STDIN', tmp, plain, was_plain) AS copy_in,
       pg_catalog.format('ANALYZE %s', tmp) AS analyze,
       pg_catalog.format('SELECT %s FROM %s AS s', pg_catalog.format(sums_form, s), tmp) AS sums,
       -- What live has already: by key the row of it; without, as many as it has.
       CASE WHEN match IS NOT NULL THEN pg_catalog.format('DELETE FROM %s AS s USING ONLY %s AS t WHERE %s AND %s = %s', tmp, tab, match, s, t)
            ELSE pg_catalog.format('DELETE FROM %1$s WHERE ctid IN (SELECT n.c FROM (SELECT s.ctid AS c, %2$s AS r, pg_catalog.row_number() OVER (PARTITION BY %2$s) AS place FROM %1$s AS s) AS n '
                                   'JOIN (SELECT %3$s AS r, pg_catalog.count(*) AS have FROM ONLY %4$s AS t WHERE %3$s IN (SELECT %2$s FROM %1$s AS s) GROUP BY 1) AS h ON h.r = n.r WHERE n.place <= h.have)', tmp, s, t, tab) END AS drop_equal,
       CASE WHEN match IS NOT NULL THEN pg_catalog.format('SELECT pg_catalog.count(*) FILTER (WHERE t.ctid IS NULL) AS missing, pg_catalog.count(t.ctid) AS changed FROM %s AS s LEFT JOIN ONLY %s AS t ON %s', tmp, tab, match)
            ELSE pg_catalog.format('SELECT pg_catalog.count(*) AS missing, 0::int8 AS changed FROM %s AS s', tmp) END AS counts,
       CASE WHEN match IS NOT NULL THEN pg_catalog.format('DELETE FROM %s AS s USING ONLY %s AS t WHERE %s', tmp, tab, match) END AS keep_missing,
       CASE WHEN match IS NOT NULL THEN pg_catalog.format('DELETE FROM %s AS s WHERE NOT EXISTS (SELECT FROM ONLY %s AS t WHERE %s)', tmp, tab, match) END AS keep_changed,
       -- $1: arrays of each key's texts
       CASE WHEN match IS NOT NULL THEN pg_catalog.format('DELETE FROM %s AS s WHERE NOT EXISTS (SELECT FROM pg_catalog.jsonb_array_elements($1::jsonb) AS k (one) WHERE k.one = pg_catalog.jsonb_build_array(%s))', tmp, s_key_texts) END AS keep_named,
       CASE WHEN match IS NOT NULL THEN pg_catalog.format('SELECT %s FROM ONLY %s AS t JOIN %s AS s ON %s', pg_catalog.format(sums_form, t), tab, tmp, match)
            ELSE pg_catalog.format('SELECT %s FROM ONLY %s AS t WHERE false', pg_catalog.format(sums_form, t), tab) END AS overwritten,
       CASE WHEN match IS NOT NULL AND sets IS NOT NULL THEN pg_catalog.format('UPDATE ONLY %s AS t SET %s FROM %s AS s WHERE %s', tab, sets, tmp, match) END AS update,
       pg_catalog.format('WITH w AS (INSERT INTO %s AS t (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM %s AS s%s%s RETURNING %s) SELECT %s FROM w AS t', tab, plain, s_list, tmp,
                         CASE WHEN match IS NOT NULL THEN pg_catalog.format(' WHERE NOT EXISTS (SELECT FROM ONLY %s AS t WHERE %s)', tab, match) ELSE '' END,
                         CASE WHEN $8::bool THEN ' ON CONFLICT DO NOTHING' ELSE '' END, t_list, pg_catalog.format(sums_form, t)) AS insert,
       CASE WHEN match IS NOT NULL THEN pg_catalog.format('SELECT %s FROM %s AS s JOIN ONLY %s AS t ON %s WHERE %s = %s', pg_catalog.format(sums_form, t), tmp, tab, match, s, t)
            ELSE pg_catalog.format('SELECT %s FROM %s AS s WHERE %s IN (SELECT %s FROM ONLY %s AS t)', pg_catalog.format(sums_form, s), tmp, s, t, tab) END AS verify,
       pg_catalog.format('SELECT %s FROM %s AS s', pg_catalog.format(sums_form, pg_catalog.format('ROW(%s)::pg_catalog.text COLLATE pg_catalog."C"', came_list)), tmp) AS came,
       CASE WHEN is_altered IS NOT NULL THEN pg_catalog.format('SELECT pg_catalog.count(*) FROM %s AS s WHERE %s', tmp, is_altered) END AS altered,
       CASE WHEN match IS NULL THEN pg_catalog.format('SET LOCAL lock_timeout = %L', $12::text) END AS patience,
       CASE WHEN match IS NULL THEN pg_catalog.format('LOCK TABLE ONLY %s IN SHARE ROW EXCLUSIVE MODE', tab) END AS lock
FROM texts
