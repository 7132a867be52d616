-- SPDX-License-Identifier: GPL-3.0-or-later
-- What is wrong with a plan and what mends it. `-- plan: name` begins one; then, before its text:
--   -- finds: kind, -- of: relation, -- drafts: one statement (all of them are named), -- set: a=b; c=d, -- since: 18, -- before: a statement run first;
--   mended by what was drafted, else by -- instead: another statement, -- unset: a setting given back its value, -- after: a statement.
-- Without -- finds nothing at all is to be found. The first is run alone.
-- plan: setup
CREATE SCHEMA shop;
CREATE TABLE shop.kind (id int PRIMARY KEY, name text);
INSERT INTO shop.kind SELECT g, 'kind ' || g FROM generate_series(0, 49) g;
CREATE TABLE shop.item (id int PRIMARY KEY, kind int NOT NULL REFERENCES shop.kind, price int, label text);
INSERT INTO shop.item SELECT g, g % 50, (g * 7919) % 1000, 'item ' || g FROM generate_series(1, 20000) g;
CREATE INDEX item_kind ON shop.item (kind);
CREATE TABLE shop.sale (id int PRIMARY KEY, item int NOT NULL, day date NOT NULL, amount int, code varchar(20), "odd Name" int, pad text);
INSERT INTO shop.sale SELECT g, 1 + (g * 31) % 20000, date '2026-01-01' + g % 300, g % 97, 'code' || g, g % 5000, repeat('x', 20)
FROM generate_series(1, 200000) g;
CREATE TABLE shop.bought (id int PRIMARY KEY, item int NOT NULL, day date NOT NULL, amount int);
INSERT INTO shop.bought SELECT g, 1 + (g * 31) % 20000, date '2026-01-01' + g % 300, g % 97 FROM generate_series(1, 200000) g;
CREATE INDEX bought_item_amount ON shop.bought (item, amount);
CREATE INDEX bought_day ON shop.bought (day);
CREATE TABLE shop.note (id int PRIMARY KEY, item int NOT NULL, state int NOT NULL, other int);
INSERT INTO shop.note SELECT g, g * 5 % 20000, g % 7, g * 3 FROM generate_series(1, 4000) g;
CREATE TABLE shop.line (id int PRIMARY KEY, sheet int NOT NULL, state int NOT NULL);
INSERT INTO shop.line SELECT g, g % 500, g / 500 FROM generate_series(1, 150000) g;
CREATE INDEX line_sheet ON shop.line (sheet);
CREATE TABLE shop.sheet (id int PRIMARY KEY);
INSERT INTO shop.sheet SELECT g FROM generate_series(0, 499) g;
CREATE TABLE shop.place (id int PRIMARY KEY, city int, country int);
INSERT INTO shop.place SELECT g, g % 100, g % 100 / 2 FROM generate_series(1, 100000) g;
CREATE TABLE shop.arrived (id int PRIMARY KEY, state text);
INSERT INTO shop.arrived SELECT g, 'old' FROM generate_series(1, 1000) g;
CREATE TABLE shop.never (id int PRIMARY KEY, state int);
INSERT INTO shop.never SELECT g, 3 FROM generate_series(1, 50000) g;
CREATE TABLE shop.seen (id int PRIMARY KEY, v int);
INSERT INTO shop.seen SELECT g, g FROM generate_series(1, 100000) g;
CREATE TABLE shop.skip (id int PRIMARY KEY, kind int, price int, pad text);
INSERT INTO shop.skip SELECT g, g % 150, g % 9000, repeat('y', 100) FROM generate_series(1, 200000) g;
CREATE TABLE shop.gap (id int PRIMARY KEY);
INSERT INTO shop.gap SELECT g * 10 FROM generate_series(1, 200000) g;
VACUUM ANALYZE shop.gap;
CREATE INDEX skip_kind_price ON shop.skip (kind, price);
VACUUM ANALYZE shop.kind;
VACUUM ANALYZE shop.item;
VACUUM ANALYZE shop.sale;
VACUUM ANALYZE shop.bought;
VACUUM ANALYZE shop.note;
VACUUM ANALYZE shop.line;
VACUUM ANALYZE shop.sheet;
VACUUM ANALYZE shop.place;
VACUUM ANALYZE shop.skip;
ANALYZE shop.arrived;
ANALYZE shop.seen;
INSERT INTO shop.arrived SELECT g, 'new' FROM generate_series(1001, 60000) g
-- plan: missing index
-- finds: missing_index
-- of: shop.sale
-- drafts: CREATE INDEX CONCURRENTLY ON shop.sale (item, amount)
SELECT * FROM shop.sale WHERE amount > 90 AND item = 77
-- plan: missing index, by one range
-- finds: missing_index
-- of: shop.sale
-- drafts: CREATE INDEX CONCURRENTLY ON shop.sale (day)
SELECT count(pad) FROM shop.sale WHERE day < '2026-01-03'
-- plan: missing index, of an odd name and a list
-- finds: missing_index
-- of: shop.sale
-- drafts: CREATE INDEX CONCURRENTLY ON shop.sale ("odd Name")
SELECT * FROM shop.sale s JOIN shop.kind k ON k.id = s.amount WHERE s."odd Name" IN (17, 18)
-- plan: missing index, of an expression
-- finds: missing_index
-- of: shop.item
-- drafts: CREATE INDEX CONCURRENTLY ON shop.item ((lower(label)))
SELECT * FROM shop.item i WHERE lower(i.label) = 'item 100'
-- plan: missing index, for both sides of OR
-- finds: missing_index
-- of: shop.skip
-- drafts: CREATE INDEX CONCURRENTLY ON shop.skip (pad)
-- drafts: CREATE INDEX CONCURRENTLY ON shop.skip (price)
SELECT * FROM shop.skip WHERE pad = 'x' OR price = 17
-- plan: missing index, for a beginning
-- finds: missing_index
-- of: shop.sale
-- drafts: CREATE INDEX CONCURRENTLY ON shop.sale (code text_pattern_ops)
SELECT * FROM shop.sale WHERE code LIKE 'code777%'
-- plan: missing index, in a subquery of each row
-- finds: missing_index
-- of: shop.line
-- before: DROP INDEX shop.line_sheet
-- drafts: CREATE INDEX CONCURRENTLY ON shop.line (sheet)
SELECT (SELECT max(l.state) FROM shop.line l WHERE l.sheet = k.id) FROM shop.kind k LIMIT 5
-- plan: an index that is not valid
-- finds: missing_index
-- of: shop.bought
-- before: UPDATE pg_catalog.pg_index SET indisvalid = false WHERE indexrelid = 'shop.bought_item_amount'::regclass
-- drafts: REINDEX INDEX CONCURRENTLY shop.bought_item_amount
SELECT * FROM shop.bought WHERE item = 78 AND amount = 3
-- plan: index with a filter
-- finds: weak_index
-- of: shop.bought
-- set: max_parallel_workers_per_gather=0
-- drafts: CREATE INDEX CONCURRENTLY ON shop.bought (amount, day)
SELECT * FROM shop.bought WHERE day BETWEEN '2026-02-01' AND '2026-02-14' AND amount = 3
-- plan: type mismatch
-- finds: type_mismatch
-- of: shop.sale
-- instead: SELECT * FROM shop.sale WHERE id = 5
SELECT * FROM shop.sale WHERE id = 5::numeric
-- plan: type mismatch by a conversion in the statement
-- finds: type_mismatch
-- of: shop.item
-- instead: SELECT * FROM shop.item WHERE id = 5
SELECT * FROM shop.item i WHERE i.id::text = '5'
-- plan: stale statistics
-- finds: stale_statistics
-- of: shop.arrived
-- drafts: ANALYZE shop.arrived
SELECT count(*) FROM shop.arrived WHERE state = 'new'
-- plan: never analyzed
-- finds: stale_statistics
-- of: shop.never
-- drafts: ANALYZE shop.never
SELECT count(*) FROM shop.never WHERE state = 3
-- plan: correlated columns
-- finds: correlated_columns
-- of: shop.place
-- drafts: CREATE STATISTICS shop.place_country_city_stat (dependencies, mcv, ndistinct) ON country, city FROM shop.place
-- drafts: ANALYZE shop.place
SELECT count(*) FROM shop.place WHERE country = 20 AND city = 40
-- plan: bad estimate of an expression
-- finds: bad_estimate
-- of: shop.place
-- after: CREATE STATISTICS shop.place_mod ON (id % 2) FROM shop.place
-- after: ANALYZE shop.place
SELECT count(*) FROM shop.place WHERE id % 2 = 1
-- plan: spill of a sort
-- finds: spill
-- set: work_mem=1MB; max_parallel_workers_per_gather=0
-- drafts: SET work_mem = '*MB'
SELECT id, day, pad FROM shop.sale WHERE id > 120000 ORDER BY pad, day DESC, id
-- plan: spill of parallel sorts
-- finds: spill
-- set: work_mem=1MB; min_parallel_table_scan_size=0; parallel_setup_cost=0; parallel_tuple_cost=0
-- drafts: SET work_mem = '*MB'
SELECT id, day, pad FROM shop.sale WHERE id > 120000 ORDER BY pad, day DESC, id
-- plan: spill of a hash
-- finds: spill
-- set: work_mem=256kB; enable_mergejoin=off; enable_nestloop=off; max_parallel_workers_per_gather=0
-- drafts: SET work_mem = '*MB'
SELECT count(s.pad), count(b.day) FROM shop.sale s JOIN shop.bought b ON b.id = s.id WHERE s.id > 120000
-- plan: spill of a parallel hash
-- finds: spill
-- set: work_mem=256kB; enable_mergejoin=off; enable_nestloop=off; min_parallel_table_scan_size=0; parallel_setup_cost=0; parallel_tuple_cost=0
-- drafts: SET work_mem = '*MB'
SELECT count(s.pad), count(b.day) FROM shop.sale s JOIN shop.bought b ON b.id = s.id WHERE s.id > 120000
-- plan: spill of an aggregate
-- finds: spill
-- set: work_mem=256kB; enable_sort=off; max_parallel_workers_per_gather=0
-- drafts: SET work_mem = '*MB'
SELECT item + 1, count(*), max(day) FROM shop.sale GROUP BY item + 1
-- plan: spill of a materialization
-- finds: spill
-- set: work_mem=256kB; enable_mergejoin=off; enable_hashjoin=off; max_parallel_workers_per_gather=0
-- drafts: SET work_mem = '*MB'
SELECT count(*) FROM (VALUES (1), (2)) v (x) LEFT JOIN shop.sale s ON s.amount + v.x < 50
-- plan: spill of a CTE
-- finds: spill
-- set: work_mem=256kB
-- since: 18
-- drafts: SET work_mem = '*MB'
WITH c AS MATERIALIZED (SELECT id, pad FROM shop.sale) SELECT count(pad) FROM c
-- plan: heap fetches
-- finds: heap_fetches
-- of: shop.seen
-- set: enable_seqscan=off; enable_bitmapscan=off
-- drafts: VACUUM shop.seen
SELECT count(*) FROM shop.seen WHERE id < 50000
-- plan: workers not launched
-- finds: workers_not_launched
-- set: max_parallel_workers=0; min_parallel_table_scan_size=0; parallel_setup_cost=0; parallel_tuple_cost=0
-- unset: max_parallel_workers
SELECT sum(amount) FROM shop.sale
-- plan: nested loop over a sequential scan
-- finds: nested_loop
-- of: shop.note
-- set: enable_hashjoin=off; enable_mergejoin=off; enable_material=off
-- drafts: CREATE INDEX CONCURRENTLY ON shop.note (item)
SELECT count(*) FROM shop.item i LEFT JOIN shop.note n ON n.item = i.id WHERE i.kind = 10
-- plan: nested loop over what was kept
-- finds: nested_loop
-- of: shop.note
-- set: enable_hashjoin=off; enable_mergejoin=off
-- drafts: CREATE INDEX CONCURRENTLY ON shop.note (other, state)
SELECT count(*) FROM shop.item i LEFT JOIN shop.note n ON i.id - 1 = n.other AND n.state = i.price % 7 WHERE i.kind = 10
-- plan: nested loop with a filter on its inner side
-- finds: nested_loop
-- of: shop.line
-- set: enable_hashjoin=off; enable_mergejoin=off; enable_seqscan=off; enable_bitmapscan=off; max_parallel_workers_per_gather=0
-- drafts: CREATE INDEX CONCURRENTLY ON shop.line (sheet, state)
SELECT count(*) FROM shop.sheet s LEFT JOIN shop.line l ON l.sheet = s.id AND l.state = s.id % 1 + 12
-- plan: many index searches
-- finds: index_searches
-- of: shop.skip
-- since: 18
-- set: enable_seqscan=off; enable_bitmapscan=off
-- before: DROP INDEX IF EXISTS shop.skip_price_idx
-- drafts: CREATE INDEX CONCURRENTLY ON shop.skip (price)
SELECT * FROM shop.skip WHERE price = 8999
-- plan: many index searches that find nothing
-- finds: index_searches
-- of: shop.gap
-- since: 18
-- set: enable_seqscan=off; enable_bitmapscan=off; max_parallel_workers_per_gather=0
-- instead: SELECT * FROM shop.gap WHERE id = ANY (ARRAY[10, 20, 30])
SELECT * FROM shop.gap WHERE id = ANY (ARRAY(SELECT g * 7000 + 5 FROM generate_series(1, 285) g))
-- plan: late filter of a CTE
-- finds: late_filter
-- set: max_parallel_workers_per_gather=0
-- instead: WITH c AS NOT MATERIALIZED (SELECT * FROM shop.bought) SELECT * FROM c WHERE amount = 5 AND item = 5
WITH c AS MATERIALIZED (SELECT * FROM shop.bought) SELECT * FROM c WHERE amount = 5 AND item = 5
-- plan: late filter of a window
-- finds: late_filter
-- instead: SELECT * FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM shop.bought) q WHERE n < 20
SELECT * FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM shop.bought) q WHERE n % 1000 = 7
-- plan: late filter of a join
-- finds: late_filter
-- set: enable_nestloop=off; enable_mergejoin=off; work_mem=64MB
-- instead: SELECT count(*) FROM shop.item i JOIN shop.sale s ON s.item = i.id
SELECT count(*) FROM shop.item i JOIN shop.sale s ON s.item = i.id AND s.amount + i.price < 20
-- plan: well: by its key
SELECT * FROM shop.item WHERE id = 17
-- plan: well: by a foreign key
SELECT * FROM shop.item WHERE kind = 7
-- plan: well: all of a table
SELECT count(*) FROM shop.bought
-- plan: well: most of a table
SELECT count(*) FROM shop.bought WHERE amount > 10
-- plan: well: a small table by what has no index
SELECT * FROM shop.kind WHERE name = 'kind 7'
-- plan: well: index on both columns
SELECT * FROM shop.bought WHERE item = 79 AND amount > 3
-- plan: well: a join by hash
SELECT k.name, count(*) FROM shop.item i JOIN shop.kind k ON k.id = i.kind GROUP BY k.name
-- plan: well: a join by index
SELECT * FROM shop.item i JOIN shop.bought b ON b.item = i.id WHERE i.id BETWEEN 40 AND 50
-- plan: well: the last ones
SELECT * FROM shop.bought ORDER BY id DESC LIMIT 10
-- plan: well: a sort in memory
SELECT * FROM shop.kind ORDER BY name
-- plan: well: index only
SELECT count(*) FROM shop.bought WHERE day = '2026-02-01'
-- plan: well: a list that is found
SELECT * FROM shop.item WHERE id = ANY (ARRAY(SELECT g FROM generate_series(1, 400) g))
-- plan: well: whether there is one
SELECT * FROM shop.kind k WHERE EXISTS (SELECT FROM shop.item i WHERE i.kind = k.id)
-- plan: well: a window
SELECT id, row_number() OVER (ORDER BY id) FROM shop.bought WHERE id < 1000
-- plan: well: a recursion
WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 1000) SELECT sum(n) FROM r
-- plan: well: parallel
-- set: min_parallel_table_scan_size=0; parallel_setup_cost=0; parallel_tuple_cost=0
SELECT sum(amount) FROM shop.bought
-- plan: well: an update
UPDATE shop.item SET price = price WHERE id = 44
-- plan: well: a varchar by a text
-- before: CREATE INDEX IF NOT EXISTS sale_code ON shop.sale (code)
SELECT * FROM shop.sale WHERE code = 'code1234'
-- plan: well: rows that are not wanted
SELECT * FROM shop.bought b JOIN shop.item i ON i.id = b.item LIMIT 5
