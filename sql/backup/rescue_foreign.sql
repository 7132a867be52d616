-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the foreign keys of table $1 whose rows wait in the temporary table $2 with the columns $3, and the statements that look for what they would refer to: in live and in what else waits
--   ($4: [{"tmp", "columns", "relations"}]). partial: not of all its columns, or by ranges of time (period), which then is the server's. hold keeps what is referred to until the end
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: name text, referenced oid, referenced_name text, deferrable bool, partial bool, period bool, dangling text, remaining text, hold text
WITH fk AS (
    SELECT k.oid, k.conname, k.confrelid, k.condeferrable, COALESCE(pg_catalog.to_jsonb(k) ->> 'conperiod', 'false') = 'true' AS period, pg_catalog.format('%I.%I', n.nspname, r.relname) AS ref,
           COALESCE(pg_catalog.to_jsonb(k) ->> 'conperiod', 'false') = 'false' AND (SELECT pg_catalog.bool_and($3::jsonb ? a.attname::text) FROM pg_catalog.unnest(k.conkey) AS u (c) JOIN pg_catalog.pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = u.c) AS carried,
           (SELECT pg_catalog.string_agg(pg_catalog.format('s.%I IS NOT NULL', a.attname), ' AND ') FROM pg_catalog.unnest(k.conkey) AS u (c) JOIN pg_catalog.pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = u.c) AS given,
           j.pairs, j.theirs
    FROM pg_catalog.pg_constraint AS k
    JOIN pg_catalog.pg_class AS r ON r.oid = k.confrelid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = r.relnamespace
    CROSS JOIN LATERAL (
        SELECT pg_catalog.string_agg(pg_catalog.format('r.%I OPERATOR(%I.%s) s.%I', b.attname, op_n.nspname, op.oprname, a.attname), ' AND ') AS pairs, pg_catalog.jsonb_agg(b.attname) AS theirs
        FROM ROWS FROM (pg_catalog.unnest(k.conkey), pg_catalog.unnest(k.confkey), pg_catalog.unnest(k.conpfeqop)) AS u (mine, theirs, operator)
        JOIN pg_catalog.pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = u.mine
        JOIN pg_catalog.pg_attribute AS b ON b.attrelid = k.confrelid AND b.attnum = u.theirs
        JOIN pg_catalog.pg_operator AS op ON op.oid = u.operator
        JOIN pg_catalog.pg_namespace AS op_n ON op_n.oid = op.oprnamespace) AS j
    WHERE k.contype = 'f' AND k.conrelid = $1::oid
      -- not the parts of one that refers to a partitioned table; not what the server does not watch
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS p WHERE p.oid = k.conparentid AND p.conrelid = k.conrelid)
      AND COALESCE(pg_catalog.to_jsonb(k) ->> 'conenforced', 'true') = 'true'
)
SELECT fk.conname::text AS name, fk.confrelid AS referenced, fk.ref AS referenced_name, fk.condeferrable AS deferrable, NOT fk.carried AS partial, fk.period,
       CASE WHEN fk.carried THEN pg_catalog.format('SELECT pg_catalog.count(*) FROM pg_temp.%I AS s WHERE %s AND NOT EXISTS (SELECT FROM %s AS r WHERE %s)%s', $2::text, fk.given, fk.ref, fk.pairs,
           COALESCE((SELECT pg_catalog.string_agg(pg_catalog.format(' AND NOT EXISTS (SELECT FROM pg_temp.%I AS r WHERE %s)', w.one ->> 'tmp', fk.pairs), '')
                     FROM pg_catalog.jsonb_array_elements($4::jsonb) AS w (one) WHERE w.one -> 'relations' @> pg_catalog.to_jsonb(fk.confrelid::int8) AND w.one -> 'columns' @> fk.theirs), '')) END AS dangling,
       CASE WHEN fk.carried THEN pg_catalog.format('SELECT pg_catalog.count(*) FROM pg_temp.%I AS s WHERE %s AND NOT EXISTS (SELECT FROM %s AS r WHERE %s)', $2::text, fk.given, fk.ref, fk.pairs) END AS remaining,
       CASE WHEN fk.carried THEN pg_catalog.format('SELECT pg_catalog.count(*) FROM (SELECT FROM %s AS r WHERE EXISTS (SELECT FROM pg_temp.%I AS s WHERE %s AND %s) FOR KEY SHARE OF r) AS held', fk.ref, $2::text, fk.given, fk.pairs) END AS hold
FROM fk
ORDER BY fk.conname COLLATE "C"
