-- SPDX-License-Identifier: GPL-3.0-or-later
-- What is explained: `-- plan: name` begins one, `-- set: a=b; c=d` before its text, `-- with: OPTION` for more of EXPLAIN, `-- since: 17`. The first is run alone.
-- plan: setup
CREATE SCHEMA shop;
SET search_path = shop;
CREATE TABLE item (id int PRIMARY KEY, kind int NOT NULL, price int, label text);
INSERT INTO item SELECT g, g % 50, (g * 7919) % 1000, 'item ' || g FROM generate_series(1, 20000) g;
CREATE INDEX item_kind ON item (kind);
CREATE INDEX item_price ON item (price);
CREATE TABLE sale (id int PRIMARY KEY, item int NOT NULL, day date NOT NULL, amount int);
INSERT INTO sale SELECT g, 1 + (g * 31) % 20000, date '2026-01-01' + g % 300, g % 97 FROM generate_series(1, 60000) g;
CREATE INDEX sale_item ON sale (item);
CREATE INDEX sale_day_item ON sale (day, item);
CREATE TABLE kind (id int PRIMARY KEY, name text, "odd ""name" text);
INSERT INTO kind SELECT g, 'kind ' || g FROM generate_series(0, 49) g;
CREATE TABLE part (id int, day date, v int) PARTITION BY RANGE (id);
CREATE TABLE part_1 PARTITION OF part FOR VALUES FROM (0) TO (10000);
CREATE TABLE part_2 PARTITION OF part FOR VALUES FROM (10000) TO (20000);
CREATE TABLE part_3 PARTITION OF part FOR VALUES FROM (20000) TO (30001);
INSERT INTO part SELECT g, date '2026-01-01' + g % 300, g % 11 FROM generate_series(0, 30000) g;
CREATE INDEX part_id ON part (id);
CREATE TABLE child (id int PRIMARY KEY, parent int REFERENCES kind ON DELETE CASCADE DEFERRABLE);
INSERT INTO child SELECT g, g % 50 FROM generate_series(1, 2000) g;
CREATE TABLE noted (id int, note text);
CREATE FUNCTION slow_before() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_catalog.pg_sleep(0.001); RETURN NEW; END';
CREATE FUNCTION slow_after() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_catalog.pg_sleep(0.001); RETURN NULL; END';
CREATE TRIGGER noted_before BEFORE INSERT ON noted FOR EACH ROW EXECUTE FUNCTION slow_before();
CREATE TRIGGER noted_after AFTER INSERT ON noted FOR EACH ROW EXECUTE FUNCTION slow_after();
CREATE TABLE "Strange: on ""table""" (id int, "a ""quoted"" column" text);
INSERT INTO "Strange: on ""table""" SELECT g, 'x' FROM generate_series(1, 1000) g;
CREATE TABLE wide AS SELECT g AS id, repeat('x', 1500) AS pad FROM generate_series(1, 12000) g;
CREATE INDEX wide_of_seven ON wide ((id % 7));
CREATE VIEW item_view AS SELECT id, label FROM item;
ANALYZE
-- plan: sequential scan
SELECT * FROM item WHERE price > 500
-- plan: index scan
-- set: enable_bitmapscan=off; enable_seqscan=off
SELECT * FROM item WHERE kind = 7
-- plan: index only scan
SELECT count(*) FROM sale WHERE day = '2026-02-01'
-- plan: index scan backward
SELECT * FROM item ORDER BY id DESC LIMIT 500
-- plan: index searches
-- set: enable_bitmapscan=off; enable_seqscan=off
SELECT * FROM item WHERE id = ANY (ARRAY[1, 500, 9000, 19999])
-- plan: bitmap scan
SELECT sum(price) FROM item WHERE kind = 3
-- plan: bitmap or
SELECT count(*) FROM item WHERE kind = 3 OR price = 12
-- plan: bitmap and
-- set: enable_seqscan=off; enable_indexscan=off
SELECT count(label) FROM item WHERE kind = 3 AND price BETWEEN 10 AND 20
-- plan: lossy bitmap
-- set: work_mem=64kB; enable_seqscan=off; enable_indexscan=off; enable_indexonlyscan=off
SELECT count(pad) FROM wide WHERE id % 7 = 3
-- plan: disabled node
-- set: enable_seqscan=off
SELECT count(*) FROM noted
-- plan: tid scan
SELECT * FROM item WHERE ctid = '(0,1)'
-- plan: tid range scan
SELECT count(*) FROM item WHERE ctid < '(20,1)'
-- plan: sample scan
SELECT count(*) FROM sale TABLESAMPLE system (40) REPEATABLE (1)
-- plan: nested loop
-- set: enable_hashjoin=off; enable_mergejoin=off; enable_memoize=off
SELECT count(*) FROM item i JOIN sale s ON s.item = i.id WHERE i.kind = 4
-- plan: nested loop of fractions
-- set: enable_hashjoin=off; enable_mergejoin=off; enable_memoize=off
SELECT count(s.amount) FROM item i LEFT JOIN sale s ON s.item = i.id AND s.amount > 50 WHERE i.price < 200
-- plan: memoize
-- set: enable_hashjoin=off; enable_mergejoin=off
SELECT count(k.name) FROM item i JOIN kind k ON k.id = i.kind
-- plan: hash join
SELECT count(*) FROM sale s JOIN item i ON i.id = s.item WHERE i.price < 900
-- plan: hash left join
SELECT count(i.label) FROM sale s LEFT JOIN item i ON i.id = s.item AND i.kind < 40
-- plan: hash full join
SELECT count(*) FROM (SELECT * FROM sale WHERE amount < 40) s FULL JOIN item i ON i.id = s.item
-- plan: hash join in batches
-- set: work_mem=64kB; enable_mergejoin=off; enable_nestloop=off
SELECT sum(length(i.label)) FROM sale s JOIN item i ON i.id = s.item
-- plan: semi join
SELECT count(*) FROM item i WHERE EXISTS (SELECT FROM sale s WHERE s.item = i.id AND s.amount = 5)
-- plan: anti join
SELECT count(*) FROM item i WHERE NOT EXISTS (SELECT FROM sale s WHERE s.item = i.id AND s.amount > 60)
-- plan: merge join
-- set: enable_hashjoin=off; enable_nestloop=off
SELECT count(*) FROM sale s JOIN item i ON i.id = s.item
-- plan: merge left join
-- set: enable_hashjoin=off; enable_nestloop=off
SELECT count(s.amount) FROM item i LEFT JOIN sale s ON i.id = s.item
-- plan: materialize
-- set: enable_hashjoin=off; enable_mergejoin=off; enable_memoize=off; enable_indexscan=off; enable_bitmapscan=off; enable_indexonlyscan=off
SELECT count(*) FROM kind k JOIN child c ON c.parent < k.id
-- plan: external sort
-- set: work_mem=64kB; max_parallel_workers_per_gather=0
SELECT * FROM sale ORDER BY amount, id
-- plan: quick sort
-- set: work_mem=32MB
SELECT * FROM item ORDER BY price, label
-- plan: top of a sort
SELECT * FROM item ORDER BY label LIMIT 10
-- plan: incremental sort
-- set: enable_seqscan=off
SELECT * FROM sale ORDER BY day, item, amount LIMIT 5000
-- plan: plain aggregate
SELECT sum(amount), avg(item) FROM sale
-- plan: hash aggregate
SELECT item, sum(amount) FROM sale GROUP BY item
-- plan: hash aggregate on disk
-- set: work_mem=64kB; hash_mem_multiplier=1; enable_sort=off; enable_indexscan=off; max_parallel_workers_per_gather=0
SELECT item, amount, count(*) FROM sale GROUP BY item, amount
-- plan: group aggregate
-- set: enable_hashagg=off
SELECT kind, array_agg(price ORDER BY price) FROM item GROUP BY kind
-- plan: grouping sets
SELECT kind, price % 10, count(*) FROM item GROUP BY GROUPING SETS ((kind), (price % 10), ())
-- plan: rollup, sorted
-- set: enable_hashagg=off
SELECT kind, price, count(*) FROM item GROUP BY ROLLUP (kind, price)
-- plan: distinct
SELECT DISTINCT kind, price FROM item
-- plan: unique
-- set: enable_hashagg=off
SELECT DISTINCT kind, price FROM item
-- plan: window
SELECT id, rank() OVER (PARTITION BY kind ORDER BY price), sum(price) OVER (PARTITION BY kind) FROM item
-- plan: window with a run condition
SELECT * FROM (SELECT id, row_number() OVER w AS n FROM item WINDOW w AS (ORDER BY price)) q WHERE n < 100
-- plan: union all
SELECT id FROM item UNION ALL SELECT id FROM sale
-- plan: union
SELECT id FROM item UNION SELECT item FROM sale
-- plan: except
SELECT id FROM item EXCEPT SELECT item FROM sale WHERE amount < 20
-- plan: intersect all, sorted
-- set: enable_hashagg=off
SELECT id FROM item INTERSECT ALL SELECT item FROM sale
-- plan: CTE read twice
WITH c AS MATERIALIZED (SELECT item, sum(amount) AS s FROM sale GROUP BY item) SELECT count(*) FROM c a JOIN c b ON a.item = b.item + 1 WHERE a.s > b.s
-- plan: CTE in a CTE
WITH a AS MATERIALIZED (SELECT * FROM sale WHERE amount > 3), b AS MATERIALIZED (SELECT item, count(*) AS n FROM a GROUP BY item) SELECT * FROM b JOIN a ON a.item = b.item WHERE n > 2 LIMIT 1000
-- plan: CTE hidden by another
WITH c AS MATERIALIZED (SELECT id FROM item WHERE kind < 20) SELECT count(*) FROM c, LATERAL (WITH c AS MATERIALIZED (SELECT name FROM kind WHERE kind.id = c.id % 50) SELECT name FROM c OFFSET 0) q
-- plan: recursive CTE
WITH RECURSIVE r(n, s) AS (SELECT 1, 0::bigint UNION ALL SELECT n + 1, s + (SELECT price FROM item WHERE id = n) FROM r WHERE n < 5000) SELECT max(s) FROM r
-- plan: CTE that writes
WITH gone AS (DELETE FROM child WHERE id % 3 = 0 RETURNING id) SELECT count(*) FROM gone
-- plan: CTE that writes and is not read
WITH gone AS (UPDATE item SET price = price + 1 WHERE kind < 10) SELECT count(*) FROM kind
-- plan: CTE that writes and is read in part
WITH gone AS (INSERT INTO child SELECT g, g % 50 FROM generate_series(10000, 13000) g RETURNING id) SELECT * FROM gone LIMIT 5
-- plan: InitPlan
SELECT count(*) FROM item WHERE price > (SELECT avg(amount) FROM sale)
-- plan: several InitPlans
SELECT (SELECT max(amount) FROM sale), (SELECT min(label) FROM item), count(*) FROM kind WHERE id < (SELECT count(*) / 1000 FROM item)
-- plan: InitPlan of an InitPlan
SELECT count(*) FROM item WHERE price > (SELECT avg(amount) FROM sale WHERE item > (SELECT avg(id) FROM item))
-- plan: SubPlan for each row
SELECT id, (SELECT count(*) FROM sale s WHERE s.item = i.id) FROM item i WHERE kind < 25
-- plan: SubPlan in a filter
SELECT count(*) FROM item i WHERE (SELECT max(amount) FROM sale s WHERE s.item = i.id) > 80
-- plan: hashed SubPlan
SELECT count(*) FROM item WHERE id NOT IN (SELECT item FROM sale WHERE amount < 30)
-- plan: SubPlan with a CTE of its own
SELECT id, (WITH c AS MATERIALIZED (SELECT amount FROM sale s WHERE s.item = i.id) SELECT max(c.amount) - min(d.amount) FROM c, c d) FROM item i WHERE kind = 9
-- plan: never executed
SELECT * FROM item i JOIN sale s ON s.item = i.id WHERE i.id = -1
-- plan: one-time filter
SELECT * FROM item WHERE 1 = (SELECT count(*) FROM kind)
-- plan: lateral
SELECT k.name, t.* FROM kind k, LATERAL (SELECT * FROM item i WHERE i.kind = k.id ORDER BY price DESC LIMIT 3) t
-- plan: pruned when planned
SELECT count(*) FROM part WHERE id BETWEEN 100 AND 200
-- plan: pruned when executed
SELECT count(*) FROM part WHERE id = (SELECT min(id) + 15000 FROM item)
-- plan: pruned when started
SELECT count(*) FROM part WHERE day < current_date AND id > (pg_catalog.current_setting('server_version_num')::int / 10)
-- plan: merge append
SELECT id FROM item UNION ALL SELECT id FROM sale ORDER BY id LIMIT 2000
-- plan: partitions updated
UPDATE part SET v = v + 1 WHERE id % 7 = 0
-- plan: insert
INSERT INTO child SELECT g, g % 50 FROM generate_series(5000, 7000) g
-- plan: insert on conflict
INSERT INTO kind SELECT g, 'again' FROM generate_series(0, 500) g ON CONFLICT (id) DO UPDATE SET name = excluded.name WHERE kind.id > 10
-- plan: update returning
UPDATE item SET price = price + 1 WHERE kind = 1 RETURNING id, price
-- plan: delete that cascades
DELETE FROM kind WHERE id < 20
-- plan: triggers before and after
INSERT INTO noted SELECT g FROM generate_series(1, 40) g
-- plan: triggers in a CTE
WITH n AS (INSERT INTO noted SELECT g FROM generate_series(1, 20) g RETURNING id) SELECT count(*) FROM n, item
-- plan: merge
MERGE INTO kind k USING (SELECT g AS id FROM generate_series(40, 400) g) s ON s.id = k.id WHEN MATCHED AND s.id < 45 THEN DELETE WHEN MATCHED THEN UPDATE SET name = 'merged' WHEN NOT MATCHED THEN INSERT (id, name) VALUES (s.id, 'new')
-- plan: rows locked
SELECT * FROM item WHERE kind = 2 FOR UPDATE
-- plan: values
SELECT * FROM (VALUES (1, 'a'), (2, 'b'), (3, 'c')) v (n, t) JOIN item ON item.id = v.n
-- plan: functions
SELECT count(*) FROM generate_series(1, 30000) g, ROWS FROM (generate_series(1, 2), generate_series(3, 5)) f
-- plan: rows of a list
SELECT id, generate_series(1, kind % 4) FROM item
-- plan: JSON as a table
-- since: 17
SELECT sum(a) FROM JSON_TABLE((SELECT json_agg(json_build_object('a', g)) FROM generate_series(1, 3000) g)::jsonb, '$[*]' COLUMNS (a int PATH '$.a')) j
-- plan: subquery scan
SELECT * FROM (SELECT id, price FROM item ORDER BY price LIMIT 5000) q WHERE q.price > 50
-- plan: strange names
SELECT "a ""quoted"" column" AS "x -> y", 'it''s
  ->  Seq Scan on evil  (cost=0.00..1.00 rows=1 width=1) (actual time=9.000..9.000 rows=1 loops=1)' FROM "Strange: on ""table""" AS "on: ""me""" WHERE id > 500 AND "a ""quoted"" column" <> E'back\\slash "'
-- plan: parallel aggregate
-- set: parallel_setup_cost=0; parallel_tuple_cost=0; min_parallel_table_scan_size=0
SELECT count(*), sum(amount) FROM sale
-- plan: parallel group
-- set: parallel_setup_cost=0; parallel_tuple_cost=0; min_parallel_table_scan_size=0; enable_hashagg=off
SELECT day, sum(amount) FROM sale GROUP BY day ORDER BY day
-- plan: parallel hash join
-- set: parallel_setup_cost=0; parallel_tuple_cost=0; min_parallel_table_scan_size=0; enable_nestloop=off; enable_mergejoin=off
SELECT count(*) FROM sale s JOIN item i ON i.id = s.item
-- plan: parallel nested loop
-- set: parallel_setup_cost=0; parallel_tuple_cost=0; min_parallel_table_scan_size=0; enable_hashjoin=off; enable_mergejoin=off
SELECT count(*) FROM item i JOIN sale s ON s.item = i.id WHERE i.kind < 30
-- plan: parallel append
-- set: parallel_setup_cost=0; parallel_tuple_cost=0; min_parallel_table_scan_size=0
SELECT count(*) FROM part WHERE v > 3
-- plan: parallel bitmap
-- set: parallel_setup_cost=0; parallel_tuple_cost=0; min_parallel_table_scan_size=0; enable_seqscan=off; enable_indexscan=off; enable_indexonlyscan=off
SELECT count(amount) FROM sale WHERE item < 8000
-- plan: parallel index only scan
-- set: parallel_setup_cost=0; parallel_tuple_cost=0; min_parallel_table_scan_size=0; min_parallel_index_scan_size=0; enable_seqscan=off; enable_bitmapscan=off
SELECT count(*) FROM sale WHERE day < '2026-08-01'
-- plan: parallel with an InitPlan
-- set: parallel_setup_cost=0; parallel_tuple_cost=0; min_parallel_table_scan_size=0
SELECT count(*) FROM sale WHERE amount > (SELECT avg(price) / 20 FROM item)
-- plan: parallel with a SubPlan
-- set: parallel_setup_cost=0; parallel_tuple_cost=0; min_parallel_table_scan_size=0
SELECT count(*) FROM item i WHERE (SELECT sum(amount) FROM sale s WHERE s.item = i.id) > 100
-- plan: parallel without the leader
-- set: parallel_setup_cost=0; parallel_tuple_cost=0; min_parallel_table_scan_size=0; parallel_leader_participation=off
SELECT count(*) FROM sale WHERE amount % 3 = 1
-- plan: parallel gather again and again
-- set: parallel_setup_cost=0; parallel_tuple_cost=0; min_parallel_table_scan_size=0; enable_material=off; enable_hashjoin=off; enable_mergejoin=off; enable_memoize=off; join_collapse_limit=1
SELECT k.id, q.n FROM (VALUES (1), (2), (3)) k (id) LEFT JOIN LATERAL (SELECT count(*) AS n FROM sale s WHERE s.amount > 20 OFFSET 0) q ON q.n > k.id
-- plan: debug single copy
-- since: 16
-- set: debug_parallel_query=on
SELECT count(*) FROM item
-- plan: serialized
-- since: 17
-- with: SERIALIZE TEXT
SELECT * FROM item
-- plan: memory and settings
-- since: 17
-- with: MEMORY, SETTINGS
-- set: work_mem=1MB; random_page_cost=1.1
SELECT i.kind, count(*) FROM item i JOIN sale s ON s.item = i.id GROUP BY i.kind
