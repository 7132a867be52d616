-- SPDX-License-Identifier: GPL-3.0-or-later
-- psql's variables, conditions and backslash commands inside a script.
\set n 42
\set name 'it''s'
\set col 'a b'
\set part 1 + 1
SELECT :n AS n;
SELECT :'name' AS quoted;
SELECT 1 AS :"col";
SELECT :part AS raw;
SELECT ':n' AS inside, ":n" FROM (SELECT 1 AS ":n") AS t;
SELECT $$:n$$ AS dollar;
SELECT 1::int AS cast, ARRAY[1,2,3][1:2] AS slice;
SELECT :n::text AS both;
SELECT :missing AS m;
SELECT :'missing' AS m;
SELECT :{?n} AS known, :{?missing} AS unknown;
\unset n
SELECT :{?n} AS known;
\echo plain words
\echo 'quoted words' :name :'name'
\echo
\set empty
SELECT :'empty' AS empty;
\set both 'x' 'y'
SELECT :'both' AS joined;
SELECT 1 AS one, 'two' AS two \gset
SELECT :one AS one, :'two' AS two;
SELECT 3 AS three \gset got_
SELECT :got_three AS three;
SELECT 1 AS one WHERE false \gset
SELECT 'SELECT 1 AS a', 'SELECT 2 AS b' \gexec
SELECT format('SELECT %s AS n', i) FROM generate_series(1, 3) AS i \gexec
\if true
SELECT 'taken';
\else
SELECT 'not taken';
\endif
\if false
SELECT 'not taken', ;
\elif 1
SELECT 'elif';
\endif
\set yes on
\if :yes
\if off
SELECT 'no';
\else
SELECT 'nested else';
\endif
\endif
SELECT 1 AS a, 'x' AS b \gx
\x
SELECT 1 AS a, 'two' AS long_name, NULL AS nothing;
SELECT i, repeat('x', i) AS x FROM generate_series(1, 3) AS i;
SELECT E'two\nlines, one of them wide' AS t, 1 AS n;
SELECT 1 AS a WHERE false;
\x off
\t
SELECT 'tuples only', 1;
\t
\a
SELECT 1 AS a, 'two' AS b, NULL AS c;
SELECT 1 AS a WHERE false;
\a
\pset null '(none)'
SELECT NULL AS nothing, 1 AS n;
\pset null ''
SELECT 1 \g
SELECT 2 AS again
\g
\g
SELECT 'on a line'; SELECT 'and another';
SELECT 'before a command' \echo between
;
\set ON_ERROR_STOP 0
SELECT nothing;
SELECT :'ERROR' AS error, :'SQLSTATE' AS state;
SELECT 1 AS fine;
SELECT :'ERROR' AS error, :'SQLSTATE' AS state, :ROW_COUNT AS rows;
\qecho to the output
SELECT 'a' AS "A", 'b' AS "B" \gdesc
SELECT 'after a reset';
SELECT 'é' AS accent, length('é') AS n;
SELECT 5 AS five, :five;
\unset five
SELECT :five;
SELECT '\:n', 1 \:: int;
SELECT 'x' AS x; -- a comment behind
\q
SELECT 'never';
