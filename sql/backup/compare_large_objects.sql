-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the large objects: how many, and their pages hashed as the rows of a table are. may_read: this role may look into them; otherwise only their number is asked for
-- since: 15
-- privilege: SELECT on pg_largeobject for their content
-- cost: heavy: reads all of them
-- columns: objects int8, may_read bool, content text
SELECT (SELECT pg_catalog.count(*) FROM pg_catalog.pg_largeobject_metadata) AS objects, r.may_read,
       CASE WHEN r.may_read THEN 'SELECT pg_catalog.count(*) AS n, COALESCE(pg_catalog.sum(pg_catalog.hashtextextended(x.r, 0)), 0)::pg_catalog.text AS h1, COALESCE(pg_catalog.sum(pg_catalog.hashtextextended(x.r, 7237128888997146477)), 0)::pg_catalog.text AS h2 '
                                 'FROM (SELECT ROW(m.oid, l.pageno, l.data)::pg_catalog.text COLLATE pg_catalog."C" AS r FROM pg_catalog.pg_largeobject_metadata AS m LEFT JOIN pg_catalog.pg_largeobject AS l ON l.loid = m.oid OFFSET 0) AS x' END AS content
FROM (SELECT pg_catalog.has_table_privilege('pg_catalog.pg_largeobject', 'SELECT') AS may_read) AS r
