-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: what of the ledger there is, and whether schema_migrations is dbmate's: one column, version, of characters
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: has_versions bool, versions_columns text, has_events bool, has_schema bool, of_rails bool
-- By the catalogs: to_regclass fails for who may not use the schema.
WITH tables AS (
    SELECT n.nspname || '.' || c.relname AS name, c.oid
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE (n.nspname = 'public' AND c.relname IN ('schema_migrations', 'ar_internal_metadata')) OR (n.nspname = 'howdah' AND c.relname = 'migration_event')
)
SELECT EXISTS (SELECT 1 FROM tables AS t WHERE t.name = 'public.schema_migrations') AS has_versions,
       (SELECT pg_catalog.string_agg(a.attname || ' ' || pg_catalog.format_type(a.atttypid, NULL), ', ' ORDER BY a.attnum)
        FROM pg_catalog.pg_attribute AS a
        JOIN tables AS t ON t.oid = a.attrelid
        WHERE t.name = 'public.schema_migrations' AND a.attnum > 0 AND NOT a.attisdropped) AS versions_columns,
       EXISTS (SELECT 1 FROM tables AS t WHERE t.name = 'howdah.migration_event') AS has_events,
       EXISTS (SELECT 1 FROM pg_catalog.pg_namespace AS n WHERE n.nspname = 'howdah') AS has_schema,
       -- Rails has a table of the same form, and this one beside it.
       EXISTS (SELECT 1 FROM tables AS t WHERE t.name = 'public.ar_internal_metadata') AS of_rails
