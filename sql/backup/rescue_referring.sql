-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the foreign keys that refer to columns of table $1 which an UPDATE from the temporary table $2 may set ($3; rows are told apart by the columns $4, operators $5). changes: in how many rows these values
--   become others; followers: how many rows refer to the old ones (null: this role may not see them all). action: what the server does to them, as pg_constraint has it
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: name text, referring text, action text, changes text, followers text
WITH fk AS (
    SELECT k.conname, k.confupdtype, k.conrelid, pg_catalog.format('%s%I.%I', CASE WHEN c.relkind = 'p' THEN '' ELSE 'ONLY ' END, n.nspname, c.relname) AS source, pg_catalog.format('%I.%I', n.nspname, c.relname) AS referring,
           COALESCE(pg_catalog.to_jsonb(k) ->> 'conperiod', 'false') = 'true' AS period, pg_catalog.has_table_privilege(c.oid, 'SELECT') AND NOT pg_catalog.row_security_active(c.oid) AS visible, j.pairs, j.mine, j.theirs
    FROM pg_catalog.pg_constraint AS k
    JOIN pg_catalog.pg_class AS c ON c.oid = k.conrelid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    CROSS JOIN LATERAL (
        SELECT pg_catalog.string_agg(pg_catalog.format('t.%I OPERATOR(%I.%s) c.%I', b.attname, op_n.nspname, op.oprname, a.attname), ' AND ') AS pairs,
               pg_catalog.string_agg(pg_catalog.format('t.%I', b.attname), ', ' ORDER BY b.attname) FILTER (WHERE $3::jsonb ? b.attname::text) AS mine,
               pg_catalog.string_agg(pg_catalog.format('s.%I', b.attname), ', ' ORDER BY b.attname) FILTER (WHERE $3::jsonb ? b.attname::text) AS theirs
        FROM ROWS FROM (pg_catalog.unnest(k.conkey), pg_catalog.unnest(k.confkey), pg_catalog.unnest(k.conpfeqop)) AS u (referring, referred, operator)
        JOIN pg_catalog.pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = u.referring
        JOIN pg_catalog.pg_attribute AS b ON b.attrelid = k.confrelid AND b.attnum = u.referred
        JOIN pg_catalog.pg_operator AS op ON op.oid = u.operator
        JOIN pg_catalog.pg_namespace AS op_n ON op_n.oid = op.oprnamespace) AS j
    WHERE k.contype = 'f' AND k.confrelid = $1::oid AND j.mine IS NOT NULL
      -- not the parts of one whose referring table is partitioned; not what the server does not watch
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS p WHERE p.oid = k.conparentid AND p.confrelid = k.confrelid)
      AND COALESCE(pg_catalog.to_jsonb(k) ->> 'conenforced', 'true') = 'true'
), own AS (
    SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) AS tab,
           (SELECT pg_catalog.string_agg(pg_catalog.format('t.%I %s s.%I', m.c, $5::jsonb ->> (m.n - 1)::int4, m.c), ' AND ') FROM pg_catalog.jsonb_array_elements_text($4::jsonb) WITH ORDINALITY AS m (c, n)) AS match
    FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.oid = $1::oid
)
SELECT fk.conname::text AS name, fk.referring, fk.confupdtype::text AS action,
       pg_catalog.format('SELECT pg_catalog.count(*) FROM ONLY %s AS t JOIN pg_temp.%I AS s ON %s WHERE %s', own.tab, $2::text, own.match, w.other) AS changes,
       CASE WHEN fk.visible AND NOT fk.period THEN pg_catalog.format('SELECT pg_catalog.count(*) FROM %s AS c WHERE EXISTS (SELECT FROM ONLY %s AS t JOIN pg_temp.%I AS s ON %s WHERE %s AND %s)', fk.source, own.tab, $2::text, own.match, fk.pairs, w.other) END AS followers
FROM fk CROSS JOIN own
CROSS JOIN LATERAL (SELECT pg_catalog.format('ROW(%s)::pg_catalog.text COLLATE pg_catalog."C" IS DISTINCT FROM ROW(%s)::pg_catalog.text COLLATE pg_catalog."C"', fk.mine, fk.theirs) AS other) AS w
WHERE own.match IS NOT NULL
ORDER BY fk.referring COLLATE "C", fk.conname COLLATE "C"
