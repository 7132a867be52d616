-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: tables in which other migration tools keep what they have applied: by their names, and by columns that no other table has (a project may name them)
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: oid oid, schema text, name text, columns text, readable bool
WITH tables AS (
    SELECT c.oid, n.nspname, c.relname, c.relkind,
           (SELECT pg_catalog.string_agg(a.attname || ' ' || pg_catalog.format_type(a.atttypid, NULL), ',' ORDER BY a.attname)
            FROM pg_catalog.pg_attribute AS a
            WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    -- Theirs are narrow: what has more columns is none, and its names need not be read.
    WHERE c.relkind IN ('r', 'p', 'v') AND c.relnatts < 25 AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\_t%'
)
SELECT t.oid, t.nspname::text AS schema, t.relname::text AS name, t.columns, pg_catalog.has_table_privilege(t.oid, 'SELECT') AND pg_catalog.has_schema_privilege(t.nspname, 'USAGE') AS readable
FROM tables AS t
WHERE (t.relkind <> 'v' OR t.nspname = 'reshape')
  AND (t.relname IN ('alembic_version', 'schema_migrations', 'ar_internal_metadata', 'goose_db_version', 'flyway_schema_history', 'knex_migrations', 'knex_migrations_lock',
                     'pgmigrations', 'databasechangelog', 'databasechangeloglock', '_prisma_migrations', '_sqlx_migrations', 'django_migrations', '__drizzle_migrations',
                     '__EFMigrationsHistory', 'atlas_schema_revisions')
       OR (t.relname = 'migrations' AND t.nspname IN ('graphile_migrate', 'pgroll', 'reshape'))
       OR t.columns = 'version_num character varying' -- alembic
       OR t.columns = 'dirty boolean,version bigint' -- golang-migrate
       OR t.columns LIKE 'id %,is_applied boolean,tstamp %,version_id bigint' -- goose
       OR t.columns LIKE '%installed_rank integer,script %,success boolean,%' -- flyway
       OR t.columns = 'batch integer,id integer,migration_time timestamp with time zone,name character varying' -- knex
       OR t.columns = 'index integer,is_locked integer' -- knex's lock
       OR t.columns LIKE '%change_id text,committed_at timestamp with time zone,%script_hash text' -- sqitch
       OR (t.relname IN ('tags', 'projects', 'dependencies') AND EXISTS (SELECT 1 FROM tables AS s WHERE s.nspname = t.nspname AND s.relname = 'changes' AND s.columns LIKE '%script_hash text')))
ORDER BY 2, 3
