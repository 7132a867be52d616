-- SPDX-License-Identifier: GPL-3.0-or-later
-- What psql tells of statements, and of those with nothing to tell.
CREATE TABLE numbers AS SELECT n, 'n' || n AS name FROM generate_series(1, 3) n;
SELECT * INTO copied FROM numbers;
CREATE TABLE empty AS TABLE numbers WITH NO DATA;
COPY empty TO STDOUT;
COPY numbers TO STDOUT;
COPY (SELECT 1 WHERE false) TO STDOUT (FORMAT csv, HEADER);
INSERT INTO empty SELECT * FROM numbers;
INSERT INTO empty VALUES (4, 'n4') RETURNING *;
SELECT 1\; CREATE TABLE one AS SELECT 1 AS x;
SELECT 'CREATE TABLE made AS SELECT 7 AS seven' UNION ALL SELECT 'SELECT 8 AS eight' \gexec
SELECT 9 AS nine \gset
\echo :nine :ROW_COUNT
SELECT 1 / 0;
\echo between
\echo :ERROR :SQLSTATE :LAST_ERROR_SQLSTATE
SELECT 10 / 5 AS two;
\nosuch
\echo :ERROR :SQLSTATE :LAST_ERROR_SQLSTATE :LAST_ERROR_MESSAGE
SELECT FROM generate_series(1, 2);
SELECT;
\x
SELECT;
SELECT 'a
b' AS x, 'c' AS "of two
lines", NULL, '' AS empty;
SELECT 1 AS never WHERE false;
\x
\pset footer off
SELECT 1 AS without;
\pset footer on
\t on
SELECT 2 AS bare;
\t off
\pset format csv
SELECT 1 AS a, 'b,"c' AS "d""e", NULL AS n, '' AS nothing, '\.' AS dot;
\pset format aligned
SELECT 11 AS dropped \r
SELECT 12 AS kept;
FETCH 1 FROM nowhere;
BEGIN; DECLARE c CURSOR FOR TABLE numbers; FETCH 2 FROM c; MOVE 1 FROM c; FETCH ALL FROM c; COMMIT;
EXPLAIN (COSTS OFF) SELECT * FROM numbers;
SHOW standard_conforming_strings;
VALUES (1, 'x'), (2, 'y');
TABLE numbers;
DELETE FROM empty WHERE n > 2 RETURNING n;
UPDATE empty SET name = 'u';
TRUNCATE empty;
DO $$ BEGIN PERFORM 1 / 0; END $$;
