-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: indexes that a CONCURRENTLY has left behind half made, as the database has them now
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: index text, relation text, drop_statement text
SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) AS index, pg_catalog.format('%I.%I', tn.nspname, t.relname) AS relation,
       pg_catalog.format('DROP INDEX CONCURRENTLY %I.%I', n.nspname, c.relname) AS drop_statement
FROM pg_catalog.pg_index AS i
JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_class AS t ON t.oid = i.indrelid
JOIN pg_catalog.pg_namespace AS tn ON tn.oid = t.relnamespace
WHERE NOT i.indisvalid AND c.relkind = 'i'
  -- Somebody builds one at this moment: it is his, and not left behind. Which one may not be seen by everybody.
  AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_stat_progress_create_index AS p
                  WHERE p.datname = pg_catalog.current_database() AND (p.index_relid IS NULL OR p.index_relid IN (0, i.indexrelid)))
ORDER BY 1
