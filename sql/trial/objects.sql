-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the indexes and extended statistics of this database, each as a key that stays its own
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: key text
SELECT 'index/' || i.indexrelid::text AS key FROM pg_catalog.pg_index AS i
UNION ALL
SELECT 'statistics/' || s.oid::text FROM pg_catalog.pg_statistic_ext AS s
