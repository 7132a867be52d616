-- SPDX-License-Identifier: GPL-3.0-or-later
-- Comments, operators, numbers, parentheses: what looks like the end of a statement and is not.
SELECT 1 -- a comment; with a semicolon
;
SELECT 2 /* a block; with a semicolon */;
SELECT 3 /* nested /* deeper; */ still; */ AS n;
SELECT /**/ 4;
SELECT 5 /* two
lines; */ AS five;
SELECT 6 -- ends here
     + 1 AS seven;
/* before */ SELECT 8;
SELECT 9 --;
;
SELECT 10 /* ' a quote */ AS ten;
SELECT 11 /* " */ AS eleven, 12 /* $$ */ AS twelve;
SELECT 13 /*/ not closed by this /*/ */ */ AS thirteen;
SELECT 14--15
;
SELECT 15 - -1 AS sixteen;
SELECT 16 /1 AS division;
SELECT 17 */* a comment */2 AS product;
SELECT 2 ^ 3 AS power, 7 % 4 AS rest, |/ 25 AS root, @ -5 AS absolute;
SELECT 5 !=-- a comment
4 AS other;
SELECT 1 <= 2 AS le, 1 => 2;
SELECT 1 :: text;
SELECT ARRAY[1,2,3][1:2] AS slice;
SELECT (ARRAY[[1,2],[3,4]])[1][2] AS inner;
SELECT 1::int::text::varchar AS casts;
SELECT ((1 + 2) * (3)) AS nested;
SELECT (SELECT count(*) FROM (VALUES (1), (2)) AS v) AS counted;
SELECT (1;
SELECT 'after an open parenthesis');
SELECT 1);
SELECT 0x1F AS hex, 0o17 AS octal, 0b101 AS binary;
SELECT 1_000_000 AS grouped;
SELECT 1.5 AS a, .5 AS b, 5. AS c, 1e3 AS d, 1.5e-2 AS e;
SELECT 1e;
SELECT 123abc;
SELECT 0x;
SELECT 1_;
SELECT -0 AS zero, +1 AS one;
SELECT 9223372036854775807 AS biggest, 9223372036854775808 AS bigger;
SELECT 'NaN'::float8, 'Infinity'::float8, '-Infinity'::numeric;
SELECT 1 / 0;
SELECT a FROM (VALUES (1), (0)) AS t (a) WHERE 1 / a > 0;
SELECT * FROM nowhere;
SELECT nothing;
SELECT 1 FRM t;
SELECT 1,
       2,
       three;
SELECT 1,
  'two',
    "three";
SELEC 1;
SELECT 1 FROM;
SELECT FROM (SELECT 1) AS t;
SELECT;
;
;;
SELECT 'between empty statements';
  ;
SELECT 1 AS "a", 2 AS "A", 3 AS a;
SELECT a.b.c.d.e FROM a;
SELECT @@@ 1;
SELECT 1 ~~ 2;
SELECT 'a' ~ '^a' AS matches, 'a' !~ 'b' AS not_matches;
SELECT 'a' LIKE 'a%' ESCAPE '!' AS likes;
SELECT 1 = ANY (ARRAY[1,2]) AS any_of;
SELECT ROW(1, 'a', NULL) AS r;
SELECT CASE WHEN true THEN 'end' ELSE 'begin' END AS words;
SELECT CASE 1 WHEN 1 THEN CASE 2 WHEN 2 THEN 'inner' END END AS nested_case;
SELECT 1 AS begin, 2 AS end_;
SELECT 1 AS "begin", 2 AS "end";
SELECT 1 WHERE false;
SELECT true AS t, false AS f, NULL::bool AS n;
SELECT '0044-03-15 BC'::date AS ides, 'infinity'::date AS never;
SELECT repeat('x', 100) AS long;
SELECT E'a\tb' AS tab, E'a\rb' AS cr, E'\x01' AS control;
SELECT 'a|b' AS "c|d";
SELECT E'line\nbreak' AS "na
me", 1 AS n;
SELECT 1.10 AS n, 'left' AS t, 22.5 AS m;
SELECT generate_series(1, 3) AS i;
SELECT i, i * i AS square FROM generate_series(1, 12) AS i;
SELECT '\xdeadbeef'::bytea;
SELECT '{"b": 1,   "a": 2}'::json, '{"b": 1,   "a": 2}'::jsonb;
SELECT 'a'::"char", 'abc'::name;
SELECT '(1,2)'::point, '192.168.0.1'::inet, '08:00:2b:01:02:03'::macaddr;
SELECT '[1,5)'::int4range, '{[1,2),[4,5)}'::int4multirange;
SELECT '1 year 2 mons 3 days 04:05:06'::interval;
