-- SPDX-License-Identifier: GPL-3.0-or-later
-- Bodies that hold semicolons: functions, rules, DO, BEGIN ATOMIC.
CREATE TABLE t (id int PRIMARY KEY, v text);
CREATE TABLE log (id int, what text);
CREATE FUNCTION f1() RETURNS int LANGUAGE sql AS 'SELECT 1; SELECT 2';
SELECT f1();
CREATE FUNCTION f2() RETURNS int LANGUAGE plpgsql AS $$
BEGIN
    -- a comment; inside
    RETURN 2;
END;
$$;
SELECT f2();
CREATE FUNCTION f3(a int, b int DEFAULT 2) RETURNS int LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
    SELECT a + b;
END;
SELECT f3(1), f3(1, 1);
CREATE OR REPLACE FUNCTION f3(a int, b int DEFAULT 2) RETURNS int LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
    SELECT a;
    SELECT CASE WHEN a > 0 THEN a + b ELSE CASE WHEN b > 0 THEN b ELSE 0 END END;
END;
SELECT f3(3), f3(-1, -1);
CREATE PROCEDURE p1(x int) LANGUAGE sql
BEGIN ATOMIC
    INSERT INTO log VALUES (x, 'p1; first');
    INSERT INTO log VALUES (x + 1, 'p1; second');
END;
CALL p1(1);
SELECT * FROM log ORDER BY id;
CREATE FUNCTION f4() RETURNS text LANGUAGE sql RETURN 'end';
SELECT f4();
CREATE FUNCTION f5() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 5; END;
SELECT f5();
CREATE FUNCTION f6() RETURNS int LANGUAGE sql BEGIN ATOMIC END;
CREATE FUNCTION f7() RETURNS int LANGUAGE sql
BEGIN ATOMIC
    SELECT missing;
END;
CREATE FUNCTION f8() RETURNS int LANGUAGE sql
begin atomic
    select case 1 when 1 then 8 end;
end;
SELECT f8();
DO $$ BEGIN PERFORM 1; END $$;
DO $do$
DECLARE
    n int := 0;
BEGIN
    FOR i IN 1..3 LOOP n := n + i; END LOOP;
    RAISE NOTICE 'n is %; done', n;
END
$do$;
DO $$ BEGIN RAISE EXCEPTION 'raised; on purpose'; END $$;
DO 'BEGIN NULL; END';
DO $$ BEGIN RAISE WARNING 'one'; RAISE WARNING 'two' USING HINT = 'look'; END $$;
CREATE RULE r AS ON INSERT TO t DO ALSO (INSERT INTO log VALUES (NEW.id, 'rule; one'); INSERT INTO log VALUES (NEW.id, 'rule; two'));
INSERT INTO t VALUES (1, 'a');
SELECT * FROM log ORDER BY id, what;
DROP RULE r ON t;
CREATE FUNCTION trg() RETURNS trigger LANGUAGE plpgsql AS $fn$
BEGIN
    NEW.v := coalesce(NEW.v, 'none;');
    RETURN NEW;
END
$fn$;
CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION trg();
INSERT INTO t (id) VALUES (2), (3) RETURNING id, v;
UPDATE t SET v = v || '!' WHERE id > 1;
UPDATE t SET v = upper(v) WHERE id = 1 RETURNING *;
DELETE FROM t WHERE id = 3;
DELETE FROM t WHERE id = 99 RETURNING id;
MERGE INTO t USING (VALUES (1, 'merged'), (7, 'new')) AS s (id, v) ON t.id = s.id
    WHEN MATCHED THEN UPDATE SET v = s.v WHEN NOT MATCHED THEN INSERT VALUES (s.id, s.v);
SELECT * FROM t ORDER BY id;
INSERT INTO t VALUES (1, 'again');
INSERT INTO t VALUES (1, 'again') ON CONFLICT (id) DO UPDATE SET v = 'conflict; solved' RETURNING v;
WITH gone AS (DELETE FROM log RETURNING *) SELECT count(*) FROM gone;
WITH RECURSIVE r (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT sum(n) FROM r;
CREATE VIEW vw AS SELECT id FROM t; SELECT count(*) FROM vw; DROP VIEW vw;
CREATE TABLE two (a int, b int); INSERT INTO two VALUES (1, 2), (3, 4); SELECT * FROM two;
COMMENT ON TABLE two IS 'with ; in it';
COMMENT ON TABLE two IS $$with $ in it$$;
CREATE TYPE mood AS ENUM ('sad', 'ok;', 'happy');
SELECT 'ok;'::mood;
SELECT 'bad'::mood;
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
SELECT 0::positive;
ALTER TABLE two ADD COLUMN c text DEFAULT 'a;b', ADD CHECK (a > 0);
INSERT INTO two VALUES (-1, 0);
INSERT INTO two (a) VALUES (5) RETURNING *;
CREATE INDEX two_a ON two (a) WHERE b IS NOT NULL;
DROP INDEX two_a;
TRUNCATE two;
EXPLAIN (COSTS off) SELECT * FROM two WHERE a = 1;
PREPARE q (int) AS SELECT $1 + 1 AS next;
EXECUTE q (41);
EXECUTE q ('x');
DEALLOCATE q;
DEALLOCATE q;
VALUES (1, 'one'), (2, 'two');
TABLE two;
SHOW standard_conforming_strings;
SELECT $1;
CREATE FUNCTION bad() RETURNS int LANGUAGE plpgsql AS
$$ BEGIN RETURN 1 $$;
CREATE FUNCTION bad() RETURNS int LANGUAGE sql AS
$$ SELECT nothing $$;
