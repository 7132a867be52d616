-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: what of the ledger there is, and whether schema_migrations is dbmate's: one column, version, of characters
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: has_versions bool, versions_columns text, has_events bool
SELECT pg_catalog.to_regclass('public.schema_migrations') IS NOT NULL AS has_versions,
       (SELECT pg_catalog.string_agg(a.attname || ' ' || pg_catalog.format_type(a.atttypid, NULL), ', ' ORDER BY a.attnum)
        FROM pg_catalog.pg_attribute AS a
        WHERE a.attrelid = pg_catalog.to_regclass('public.schema_migrations') AND a.attnum > 0 AND NOT a.attisdropped) AS versions_columns,
       pg_catalog.to_regclass('howdah.migration_event') IS NOT NULL AS has_events
