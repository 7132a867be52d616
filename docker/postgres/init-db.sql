-- SPDX-License-Identifier: GPL-3.0-or-later
-- First start of the stack: roles, the database jeex_idea, extensions, health functions, audit log.
-- Run once by psql as the bootstrap superuser (database postgres). The tables come after it, from docker/migrations.
-- No role gets a password here: over the network nobody can log in until Howdah has set SCRAM verifiers.
\set ON_ERROR_STOP on
SET client_min_messages = warning;

-- ---------------------------------------------------------------------------------------------------- roles
-- Nobody logs in as these three.
CREATE ROLE jeex_owner NOLOGIN;                          -- owns the database and its objects
CREATE ROLE jeex_audit NOLOGIN;                          -- owns the audit triggers' functions; may insert, no more
CREATE ROLE howdah_health NOLOGIN IN ROLE pg_monitor;    -- owns the health functions

-- The application: room for its pool of 10 and 20 overflow, and for a migration beside it.
CREATE ROLE jeex_user LOGIN CONNECTION LIMIT 40;
-- Only the application has timeouts. Set for everybody they would cancel amcheck, reindexdb and transactions by hand.
ALTER ROLE jeex_user SET statement_timeout = '60s';
ALTER ROLE jeex_user SET lock_timeout = '10s';
ALTER ROLE jeex_user SET idle_in_transaction_session_timeout = '60s';

-- The administrator is not the owner, but may become it: SET ROLE jeex_owner.
CREATE ROLE jeex_admin LOGIN CONNECTION LIMIT 10;
GRANT jeex_owner TO jeex_admin WITH INHERIT FALSE, SET TRUE, ADMIN FALSE;
GRANT pg_monitor, pg_maintain, pg_signal_backend, pg_signal_autovacuum_worker TO jeex_admin;

-- Reports. Read only is a default here; what holds are the missing rights.
CREATE ROLE jeex_readonly LOGIN CONNECTION LIMIT 10;
ALTER ROLE jeex_readonly SET default_transaction_read_only = on;

-- The console's one-second sampler: gets in when every other connection is taken.
CREATE ROLE howdah_monitor LOGIN CONNECTION LIMIT 5;
GRANT pg_monitor, pg_use_reserved_connections TO howdah_monitor;

-- Dumps must hold every row, past row security. pg_read_all_data is not granted: it also reads pg_authid's verifiers
-- and the passwords in pg_user_mapping. SELECT comes from the grants and default privileges below instead; an object
-- they do not reach stops pg_dump with "permission denied", never with a dump that lacks it.
CREATE ROLE howdah_backup LOGIN BYPASSRLS CONNECTION LIMIT 4;
ALTER ROLE howdah_backup SET default_transaction_read_only = on;

-- Base backups and WAL streams: the replication protocol only, it may connect to no database.
CREATE ROLE howdah_replication LOGIN REPLICATION CONNECTION LIMIT 4;

-- ------------------------------------------------------------------------------------------------- databases
REVOKE ALL ON DATABASE template1, postgres FROM PUBLIC;
GRANT CONNECT ON DATABASE postgres TO jeex_admin, howdah_monitor, howdah_backup;

CREATE DATABASE jeex_idea OWNER jeex_owner;
REVOKE ALL ON DATABASE jeex_idea FROM PUBLIC;
GRANT CONNECT ON DATABASE jeex_idea TO jeex_admin, jeex_user, jeex_readonly, howdah_monitor, howdah_backup;
GRANT TEMPORARY ON DATABASE jeex_idea TO jeex_admin, jeex_user;
-- Extensions live in ext, the owner's tables in public; unqualified names find both.
ALTER DATABASE jeex_idea SET search_path = public, ext;

\connect jeex_idea
SET client_min_messages = warning;

-- ------------------------------------------------------------------------------------------------ extensions
CREATE SCHEMA ext;
GRANT USAGE ON SCHEMA ext TO jeex_owner, jeex_admin, jeex_user, jeex_readonly, howdah_monitor, howdah_backup, howdah_health;
CREATE EXTENSION "uuid-ossp" SCHEMA ext;
CREATE EXTENSION pgcrypto SCHEMA ext;
CREATE EXTENSION pg_trgm SCHEMA ext;
CREATE EXTENSION pg_stat_statements SCHEMA ext;
CREATE EXTENSION amcheck SCHEMA ext;
CREATE EXTENSION pgstattuple SCHEMA ext;
-- In the image always; a local cluster's PostgreSQL may lack the packages.
SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'hypopg') AS hypopg,
       EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pgaudit')
         AND 'pgaudit' = ANY (string_to_array(replace(current_setting('shared_preload_libraries'), ' ', ''), ',')) AS pgaudit \gset
\if :hypopg
CREATE EXTENSION hypopg SCHEMA ext;
\endif
\if :pgaudit
CREATE EXTENSION pgaudit SCHEMA ext;
-- Its event triggers run without this right; nobody need call the functions.
REVOKE EXECUTE ON FUNCTION ext.pgaudit_ddl_command_end(), ext.pgaudit_sql_drop() FROM PUBLIC;
\endif

-- amcheck's functions are the superuser's alone by default; checking indexes is what an administrator is for.
GRANT EXECUTE ON FUNCTION ext.bt_index_check(regclass), ext.bt_index_check(regclass, boolean),
  ext.bt_index_check(regclass, boolean, boolean), ext.bt_index_parent_check(regclass),
  ext.bt_index_parent_check(regclass, boolean), ext.bt_index_parent_check(regclass, boolean, boolean),
  ext.bt_index_parent_check(regclass, boolean, boolean, boolean), ext.gin_index_check(regclass),
  ext.verify_heapam(regclass, boolean, boolean, text, bigint, bigint) TO jeex_admin;
GRANT EXECUTE ON FUNCTION ext.pg_stat_statements_reset(oid, oid, bigint, boolean) TO jeex_admin;
-- What an audit of the configuration reads; otherwise the superuser's alone.
GRANT SELECT ON pg_hba_file_rules, pg_ident_file_mappings, pg_file_settings TO jeex_admin;
GRANT EXECUTE ON FUNCTION pg_hba_file_rules(), pg_ident_file_mappings(), pg_show_all_file_settings() TO jeex_admin;
-- A backup ends with a WAL switch, so that its last piece reaches the archive; named restore points are marks in WAL.
GRANT EXECUTE ON FUNCTION pg_switch_wal(), pg_create_restore_point(text) TO jeex_admin, howdah_backup;

-- ---------------------------------------------------------------------------------------- rights on the schema
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO jeex_admin, jeex_user, jeex_readonly, howdah_monitor, howdah_backup;
ALTER DEFAULT PRIVILEGES FOR ROLE jeex_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE jeex_owner IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO jeex_user;
ALTER DEFAULT PRIVILEGES FOR ROLE jeex_owner IN SCHEMA public GRANT USAGE ON SEQUENCES TO jeex_user;
ALTER DEFAULT PRIVILEGES FOR ROLE jeex_owner IN SCHEMA public GRANT SELECT ON TABLES TO jeex_readonly;
-- The backup role reads whatever the owner or the superuser will ever make in this database, in any schema.
ALTER DEFAULT PRIVILEGES FOR ROLE jeex_owner, postgres GRANT USAGE ON SCHEMAS TO howdah_backup;
ALTER DEFAULT PRIVILEGES FOR ROLE jeex_owner, postgres GRANT SELECT ON TABLES TO howdah_backup;
ALTER DEFAULT PRIVILEGES FOR ROLE jeex_owner, postgres GRANT SELECT ON SEQUENCES TO howdah_backup;
ALTER DEFAULT PRIVILEGES FOR ROLE jeex_owner, postgres, jeex_user GRANT SELECT ON LARGE OBJECTS TO howdah_backup;

-- ----------------------------------------------------------------------------------------------------- audit
-- Who changed what. Rows come from the triggers' functions alone; no role that can log in may change or remove one.
CREATE SCHEMA audit;
CREATE TABLE audit.log (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at           timestamptz NOT NULL DEFAULT clock_timestamp(),
  txid         xid8 NOT NULL DEFAULT pg_current_xact_id(),
  session_role text NOT NULL DEFAULT session_user,
  acting_role  text NOT NULL,               -- differs after SET ROLE
  client       inet DEFAULT inet_client_addr(),
  application  text DEFAULT current_setting('application_name'),
  table_schema text NOT NULL,               -- names, not regclass: they outlive a dropped table and a restored dump
  table_name   text NOT NULL,
  operation    text NOT NULL CHECK (operation IN ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE')),
  row_id       text,
  project_id   uuid,
  old          jsonb,                       -- UPDATE: the changed columns only
  new          jsonb
);
CREATE INDEX log_at ON audit.log USING brin (at);
CREATE INDEX log_row ON audit.log (table_name, row_id);
CREATE INDEX log_project ON audit.log (project_id, at) WHERE project_id IS NOT NULL;

-- Arguments: columns whose values stay out of the log (secrets, bulk); that they changed is recorded.
CREATE FUNCTION audit.row_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  before  jsonb;
  after   jsonb;
  whole   jsonb;
  hidden  text;
BEGIN
  IF TG_OP <> 'INSERT' THEN before := to_jsonb(OLD); END IF;
  IF TG_OP <> 'DELETE' THEN after := to_jsonb(NEW); END IF;
  whole := coalesce(after, before);
  IF TG_OP = 'UPDATE' THEN
    SELECT coalesce(jsonb_object_agg(b.key, b.value), '{}'), coalesce(jsonb_object_agg(b.key, whole -> b.key), '{}')
      INTO before, after
      FROM jsonb_each(before) AS b WHERE b.value IS DISTINCT FROM whole -> b.key;
  END IF;
  FOREACH hidden IN ARRAY coalesce(TG_ARGV, '{}') LOOP -- null without arguments
    IF before ? hidden THEN before := jsonb_set(before, ARRAY[hidden], '"(hidden)"'); END IF;
    IF after ? hidden THEN after := jsonb_set(after, ARRAY[hidden], '"(hidden)"'); END IF;
  END LOOP;
  INSERT INTO audit.log (acting_role, table_schema, table_name, operation, row_id, project_id, old, new)
  VALUES (coalesce(nullif(current_setting('role'), 'none'), session_user), TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_OP,
          whole ->> 'id',
          CASE WHEN TG_TABLE_NAME = 'projects' THEN (whole ->> 'id')::uuid ELSE (whole ->> 'project_id')::uuid END,
          before, after);
  RETURN NULL;
END $$;

CREATE FUNCTION audit.table_truncated() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO audit.log (acting_role, table_schema, table_name, operation)
  VALUES (coalesce(nullif(current_setting('role'), 'none'), session_user), TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_OP);
  RETURN NULL;
END $$;

GRANT USAGE ON SCHEMA audit TO jeex_audit, jeex_owner, jeex_admin, howdah_backup;
GRANT INSERT ON audit.log TO jeex_audit;
GRANT SELECT ON audit.log TO jeex_admin, howdah_backup;
GRANT SELECT ON ALL SEQUENCES IN SCHEMA audit TO howdah_backup;
ALTER FUNCTION audit.row_change() OWNER TO jeex_audit;
ALTER FUNCTION audit.table_truncated() OWNER TO jeex_audit;
REVOKE ALL ON FUNCTION audit.row_change(), audit.table_truncated() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit.row_change(), audit.table_truncated() TO jeex_owner; -- to attach them to its tables

-- Triggers never see a SELECT: pgaudit logs reads, to the server's log, which the database cannot change.
-- (Role settings do not follow SET ROLE; the administrator acting as jeex_owner keeps the administrator's.)
\if :pgaudit
ALTER ROLE jeex_user SET pgaudit.log = 'read,write,ddl,role';
ALTER ROLE jeex_admin SET pgaudit.log = 'read,write,ddl,role';
ALTER ROLE jeex_readonly SET pgaudit.log = 'read,write,ddl,role';
ALTER ROLE howdah_backup SET pgaudit.log = 'read,write,ddl,role';
\endif

-- ---------------------------------------------------------------------------------------------------- health
-- Ratios are percentages; one that is undefined (nothing read yet) is null, never 0 or 100.
-- simple and detailed run as howdah_health (pg_monitor), since the application's health endpoint calls them as
-- jeex_user, who may not see other sessions' states. They return figures, no query text.

CREATE FUNCTION public.simple_health_check() RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH c AS (
    SELECT (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS used,
           current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
             - current_setting('reserved_connections')::int AS usable
  )
  SELECT jsonb_build_object(
    'status', CASE WHEN c.used >= c.usable THEN 'critical' WHEN c.used >= 0.8 * c.usable THEN 'warning' ELSE 'healthy' END,
    'checked_at', clock_timestamp(),
    'connections', jsonb_build_object('used', c.used, 'usable', c.usable),
    'cache_hit_ratio', (SELECT round(100.0 * blks_hit / nullif(blks_hit + blks_read, 0), 2)
                        FROM pg_stat_database WHERE datname = current_database()))
  FROM c
$$;

CREATE FUNCTION public.detailed_health_check() RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  recovering  boolean := pg_is_in_recovery();
  connections jsonb;
  performance jsonb;
  wal         jsonb;
  archiver    jsonb;
  autovacuum  jsonb;
  errors      jsonb := '[]';
  warnings    jsonb := '[]';
  ready       bigint;
  oldest      interval;
  n           bigint;
BEGIN
  WITH s AS (
    SELECT state, count(*) AS n FROM pg_stat_activity WHERE backend_type = 'client backend' GROUP BY state
  ), c AS (
    SELECT (SELECT coalesce(sum(s.n), 0) FROM s) AS used, current_setting('max_connections')::int AS max,
           current_setting('superuser_reserved_connections')::int + current_setting('reserved_connections')::int AS reserved
  )
  SELECT jsonb_build_object(
    'used', c.used, 'usable', c.max - c.reserved, 'max', c.max, 'reserved', c.reserved,
    'utilization', round(100.0 * c.used / nullif(c.max - c.reserved, 0), 2),
    'by_state', (SELECT coalesce(jsonb_object_agg(coalesce(s.state, 'unknown'), s.n), '{}') FROM s),
    'waiting_for_lock', (SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted),
    'longest_transaction_seconds', (SELECT round(extract(epoch FROM max(clock_timestamp() - xact_start)), 1)
      FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()),
    'longest_idle_in_transaction_seconds', (SELECT round(extract(epoch FROM max(clock_timestamp() - state_change)), 1)
      FROM pg_stat_activity WHERE backend_type = 'client backend' AND state LIKE 'idle in transaction%'))
  INTO connections FROM c;

  SELECT jsonb_build_object(
    'cache_hit_ratio', round(100.0 * d.blks_hit / nullif(d.blks_hit + d.blks_read, 0), 2),
    'blocks_hit', d.blks_hit, 'blocks_read', d.blks_read,
    'commits', d.xact_commit, 'rollbacks', d.xact_rollback,
    'rollback_ratio', round(100.0 * d.xact_rollback / nullif(d.xact_commit + d.xact_rollback, 0), 2),
    'deadlocks', d.deadlocks, 'temp_files', d.temp_files, 'temp_bytes', d.temp_bytes,
    'block_read_ms', round(d.blk_read_time::numeric, 1), 'block_write_ms', round(d.blk_write_time::numeric, 1),
    'checksum_failures', d.checksum_failures,
    'database_bytes', pg_database_size(d.datid),
    'checkpoints_timed', k.num_timed, 'checkpoints_requested', k.num_requested,
    'stats_reset', d.stats_reset)
  INTO performance FROM pg_stat_database d, pg_stat_checkpointer k WHERE d.datname = current_database();

  -- failed_count does not see every failure (an archiver killed by a signal, exit over 125): the queue does.
  SELECT count(*), max(now() - modification) INTO ready, oldest FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready';
  SELECT jsonb_build_object(
    'mode', current_setting('archive_mode'),
    'archived_count', a.archived_count, 'last_archived_wal', a.last_archived_wal, 'last_archived_time', a.last_archived_time,
    'failed_count', a.failed_count, 'last_failed_wal', a.last_failed_wal, 'last_failed_time', a.last_failed_time,
    'failing', coalesce(a.last_failed_time > coalesce(a.last_archived_time, '-infinity'), false),
    'ready_count', ready, 'oldest_ready_seconds', round(extract(epoch FROM oldest), 1))
  INTO archiver FROM pg_stat_archiver a;
  SELECT jsonb_build_object(
    'level', current_setting('wal_level'),
    'lsn', CASE WHEN recovering THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_insert_lsn() END,
    'records', w.wal_records, 'full_page_images', w.wal_fpi, 'bytes', w.wal_bytes, 'buffers_full', w.wal_buffers_full,
    'directory_bytes', (SELECT coalesce(sum(size), 0) FROM pg_ls_waldir()),
    'slots_inactive', (SELECT count(*) FROM pg_replication_slots WHERE NOT active),
    'slots_lost', (SELECT count(*) FROM pg_replication_slots WHERE wal_status = 'lost' OR invalidation_reason IS NOT NULL),
    'standbys', (SELECT count(*) FROM pg_stat_replication),
    'archiver', archiver)
  INTO wal FROM pg_stat_wal w;

  WITH t AS (
    SELECT s.n_dead_tup, s.n_live_tup, s.last_autovacuum, s.last_autoanalyze,
           s.n_dead_tup > 2 * (current_setting('autovacuum_vacuum_threshold')::bigint
             + current_setting('autovacuum_vacuum_scale_factor')::float8 * greatest(c.reltuples, 0)) AS late
    FROM pg_stat_user_tables s JOIN pg_class c ON c.oid = s.relid
  )
  SELECT jsonb_build_object(
    'enabled', current_setting('autovacuum')::boolean AND current_setting('track_counts')::boolean,
    'workers_running', (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'autovacuum worker'),
    'workers_max', current_setting('autovacuum_max_workers')::int,
    'tables', count(*), 'tables_behind', count(*) FILTER (WHERE t.late AND t.n_dead_tup > 10000),
    'live_tuples', coalesce(sum(t.n_live_tup), 0), 'dead_tuples', coalesce(sum(t.n_dead_tup), 0),
    'last_autovacuum', max(t.last_autovacuum), 'last_autoanalyze', max(t.last_autoanalyze),
    'oldest_transaction_age', (SELECT max(age(datfrozenxid)) FROM pg_database),
    'oldest_multixact_age', (SELECT max(mxid_age(datminmxid)) FROM pg_database),
    'wraparound_percent', (SELECT round(100.0 * max(greatest(age(datfrozenxid), mxid_age(datminmxid))) / 2147483648, 2)
                           FROM pg_database))
  INTO autovacuum FROM t;

  -- What is wrong, and what will be.
  IF (connections ->> 'used')::int >= (connections ->> 'usable')::int THEN
    errors := errors || jsonb_build_object('code', 'connections_exhausted', 'message',
      format('all %s connections open to ordinary roles are taken', connections ->> 'usable'));
  ELSIF (connections ->> 'utilization')::numeric >= 80 THEN
    warnings := warnings || jsonb_build_object('code', 'connections_high', 'message',
      format('%s of %s usable connections are taken', connections ->> 'used', connections ->> 'usable'));
  END IF;
  IF (connections ->> 'longest_idle_in_transaction_seconds')::numeric > 300 THEN
    warnings := warnings || jsonb_build_object('code', 'idle_in_transaction', 'message',
      format('a session has been idle in a transaction for %s s', connections ->> 'longest_idle_in_transaction_seconds'));
  END IF;
  IF (connections ->> 'longest_transaction_seconds')::numeric > 3600 THEN
    warnings := warnings || jsonb_build_object('code', 'long_transaction', 'message',
      format('a transaction has been open for %s s: vacuum cannot remove rows newer than it', connections ->> 'longest_transaction_seconds'));
  END IF;
  SELECT count(*) INTO n FROM pg_locks WHERE NOT granted AND waitstart < clock_timestamp() - interval '30 seconds';
  IF n > 0 THEN
    warnings := warnings || jsonb_build_object('code', 'lock_waits', 'message', format('%s locks have been waited for over 30 s', n));
  END IF;
  IF (performance ->> 'checksum_failures')::bigint > 0 THEN
    errors := errors || jsonb_build_object('code', 'checksum_failures', 'message',
      format('%s pages failed their checksum: the disk or memory is faulty', performance ->> 'checksum_failures'));
  END IF;
  IF current_setting('data_checksums') <> 'on' THEN
    warnings := warnings || jsonb_build_object('code', 'checksums_off', 'message', 'data checksums are off');
  END IF;
  -- Only once enough was read for the ratio to mean something.
  IF (performance ->> 'blocks_hit')::bigint + (performance ->> 'blocks_read')::bigint > 1000000
     AND (performance ->> 'cache_hit_ratio')::numeric < 90 THEN
    warnings := warnings || jsonb_build_object('code', 'cache_hit_low', 'message',
      format('only %s %% of blocks were found in shared buffers', performance ->> 'cache_hit_ratio'));
  END IF;
  IF current_setting('archive_mode') = 'off' THEN
    warnings := warnings || jsonb_build_object('code', 'archive_off', 'message', 'WAL is not archived: no point-in-time recovery');
  ELSIF NOT recovering OR current_setting('archive_mode') = 'always' THEN
    IF (archiver ->> 'failing')::boolean THEN
      errors := errors || jsonb_build_object('code', 'archive_failing', 'message',
        format('archiving %s failed at %s; WAL piles up until it works', archiver ->> 'last_failed_wal', archiver ->> 'last_failed_time'));
    ELSIF ready > 10 OR oldest > interval '15 minutes' THEN
      errors := errors || jsonb_build_object('code', 'archive_behind', 'message', format('%s WAL files wait to be archived', ready));
    END IF;
  END IF;
  IF (wal ->> 'slots_lost')::int > 0 THEN
    errors := errors || jsonb_build_object('code', 'slot_lost', 'message',
      format('%s replication slots were invalidated', wal ->> 'slots_lost'));
  ELSIF (wal ->> 'slots_inactive')::int > 0 THEN
    warnings := warnings || jsonb_build_object('code', 'slot_inactive', 'message',
      format('%s replication slots are inactive and keep WAL', wal ->> 'slots_inactive'));
  END IF;
  IF NOT (autovacuum ->> 'enabled')::boolean THEN
    errors := errors || jsonb_build_object('code', 'autovacuum_off', 'message', 'autovacuum is off');
  ELSIF (autovacuum ->> 'tables_behind')::int > 0 THEN
    warnings := warnings || jsonb_build_object('code', 'autovacuum_behind', 'message',
      format('%s tables have far more dead rows than autovacuum should leave', autovacuum ->> 'tables_behind'));
  END IF;
  IF (autovacuum ->> 'wraparound_percent')::numeric >= 50 THEN
    errors := errors || jsonb_build_object('code', 'wraparound', 'message',
      format('%s %% of the transaction numbers are used up: vacuum is not freezing', autovacuum ->> 'wraparound_percent'));
  ELSIF (autovacuum ->> 'wraparound_percent')::numeric >= 25 THEN
    warnings := warnings || jsonb_build_object('code', 'wraparound', 'message',
      format('%s %% of the transaction numbers are used', autovacuum ->> 'wraparound_percent'));
  END IF;
  SELECT count(*) INTO n FROM pg_settings WHERE pending_restart;
  IF n > 0 THEN
    warnings := warnings || jsonb_build_object('code', 'pending_restart', 'message', format('%s settings wait for a restart', n));
  END IF;

  RETURN jsonb_build_object(
    'status', CASE WHEN errors <> '[]' THEN 'critical' WHEN warnings <> '[]' THEN 'warning' ELSE 'healthy' END,
    'checked_at', clock_timestamp(),
    'database', current_database(),
    'server_version', split_part(current_setting('server_version'), ' ', 1),
    'uptime_seconds', floor(extract(epoch FROM clock_timestamp() - pg_postmaster_start_time())),
    'in_recovery', recovering,
    'connections', connections, 'performance', performance, 'wal', wal, 'autovacuum', autovacuum,
    'errors', errors, 'warnings', warnings);
END $$;

-- With the caller's own rights: pg_stat_statements shows the application its own queries' texts and no others'.
CREATE FUNCTION public.get_database_metrics() RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  WITH s AS MATERIALIZED (
    SELECT st.*, r.rolname FROM ext.pg_stat_statements st LEFT JOIN pg_roles r ON r.oid = st.userid
    WHERE st.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
  ), slow AS (
    SELECT * FROM s WHERE calls > 0 ORDER BY mean_exec_time DESC LIMIT 10
  ), kinds AS (
    SELECT CASE WHEN lower(substring(query FROM '^\s*([a-zA-Z]+)')) IN ('select', 'insert', 'update', 'delete', 'merge', 'with', 'copy')
                THEN lower(substring(query FROM '^\s*([a-zA-Z]+)')) ELSE 'other' END AS kind,
           sum(calls) AS calls
    FROM s GROUP BY 1
  )
  SELECT jsonb_build_object(
    'collected_at', clock_timestamp(),
    'database', current_database(),
    'database_bytes', pg_database_size(current_database()),
    'queries', (SELECT jsonb_build_object(
      'tracked', count(*), 'calls', coalesce(sum(calls), 0), 'rows', coalesce(sum(rows), 0),
      'total_exec_ms', round(coalesce(sum(total_exec_time), 0)::numeric, 3),
      'total_plan_ms', round(coalesce(sum(total_plan_time), 0)::numeric, 3),
      'mean_exec_ms', round((sum(total_exec_time) / nullif(sum(calls), 0))::numeric, 3),
      'max_exec_ms', round(max(max_exec_time)::numeric, 3),
      'cache_hit_ratio', round(100.0 * sum(shared_blks_hit) / nullif(sum(shared_blks_hit + shared_blks_read), 0), 2),
      'temp_blocks_written', coalesce(sum(temp_blks_written), 0), 'wal_bytes', coalesce(sum(wal_bytes), 0),
      'evictions', (SELECT dealloc FROM ext.pg_stat_statements_info),
      'stats_reset', (SELECT stats_reset FROM ext.pg_stat_statements_info)) FROM s),
    'slow_queries', (SELECT coalesce(jsonb_agg(jsonb_build_object(
      'queryid', queryid::text, 'role', rolname, 'query', left(query, 1000), 'calls', calls, 'rows', rows,
      'mean_exec_ms', round(mean_exec_time::numeric, 3), 'max_exec_ms', round(max_exec_time::numeric, 3),
      'total_exec_ms', round(total_exec_time::numeric, 3),
      'cache_hit_ratio', round(100.0 * shared_blks_hit / nullif(shared_blks_hit + shared_blks_read, 0), 2))
      ORDER BY mean_exec_time DESC), '[]') FROM slow),
    'statement_counts', (SELECT coalesce(jsonb_object_agg(kind, calls), '{}') FROM kinds))
$$;

ALTER FUNCTION public.simple_health_check() OWNER TO howdah_health;
ALTER FUNCTION public.detailed_health_check() OWNER TO howdah_health;
ALTER FUNCTION public.get_database_metrics() OWNER TO howdah_health;
REVOKE ALL ON FUNCTION public.simple_health_check(), public.detailed_health_check(), public.get_database_metrics() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.simple_health_check(), public.detailed_health_check(), public.get_database_metrics()
  TO jeex_admin, jeex_user, howdah_monitor;
