-- SPDX-License-Identifier: GPL-3.0-or-later
-- Transactions, several statements in one message, COPY with its data.
CREATE TABLE c (a int, b text);
BEGIN;
INSERT INTO c VALUES (1, 'kept');
COMMIT;
BEGIN; INSERT INTO c VALUES (2, 'gone'); ROLLBACK;
SELECT * FROM c ORDER BY a;
BEGIN;
SELECT 1 / 0;
SELECT 'not run in a failed transaction';
ROLLBACK;
BEGIN;
SAVEPOINT s;
INSERT INTO nowhere VALUES (1);
ROLLBACK TO s;
INSERT INTO c VALUES (3, 'after a savepoint');
RELEASE s;
COMMIT;
SELECT count(*) FROM c;
COMMIT;
ROLLBACK;
START TRANSACTION READ ONLY;
INSERT INTO c VALUES (4, 'refused');
END;
SELECT 1 AS one\; SELECT 2 AS two;
INSERT INTO c VALUES (5, 'x')\; INSERT INTO c VALUES (6, 'y')\; SELECT count(*) FROM c;
INSERT INTO c VALUES (7, 'lost')\; SELECT 1 / 0;
SELECT count(*) FROM c;
SELECT 1 AS a\; SELECT nothing;
COPY c FROM STDIN;
10	ten
11	\N
12	with;semicolon
13	it's "quoted"
\.
SELECT * FROM c WHERE a >= 10 ORDER BY a;
COPY c FROM STDIN;
\.
COPY c FROM STDIN;
not a number	x
\.
SELECT count(*) FROM c;
COPY c FROM STDIN; SELECT 'after the data';
30	thirty
\.
SELECT 'the next';
copy c from stdin;
40	forty
\.
COPY (SELECT a, b FROM c WHERE a IN (10, 11, 40) ORDER BY a) TO STDOUT;
COPY (SELECT a, b FROM c WHERE a IN (10, 11, 40) ORDER BY a) TO STDOUT WITH (FORMAT csv, HEADER);
COPY nowhere FROM STDIN;
\.
COPY c FROM '/nowhere/at/all';
SELECT count(*) FROM c;
SET standard_conforming_strings = off;
SELECT 'it\'s';
SELECT 'a\\;b' AS escaped;
SELECT 'plain; still';
SELECT E'a\'b';
SELECT $$it's\$$ AS dollar;
SET standard_conforming_strings = on;
SELECT 'it\';
SET search_path = pg_catalog;
SHOW search_path;
RESET search_path;
SELECT current_setting('search_path') <> 'pg_catalog' AS back;
SET LOCAL work_mem = '1MB';
DECLARE outside CURSOR FOR SELECT 1;
BEGIN;
DECLARE k CURSOR FOR SELECT i FROM generate_series(1, 5) AS i;
FETCH 2 FROM k;
FETCH ALL FROM k;
MOVE BACKWARD ALL FROM k;
CLOSE k;
COMMIT;
CREATE TEMP TABLE tmp (a int);
INSERT INTO tmp SELECT generate_series(1, 1000);
SELECT sum(a) FROM tmp;
DROP TABLE tmp;
DROP TABLE IF EXISTS tmp;
LOCK TABLE c;
VACUUM c;
BEGIN;
VACUUM c;
ROLLBACK;
NOTIFY nobody, 'payload';
SELECT pg_notify('nobody', 'x');
CREATE TABLE c (a int);
CREATE TABLE IF NOT EXISTS c (a int);
ALTER TABLE c ADD COLUMN b int;
DROP TABLE nowhere;
GRANT SELECT ON c TO nobody_there;
SELECT 'the last, without an end'
