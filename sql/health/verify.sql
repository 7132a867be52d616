-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: is this server what Howdah's stack is meant to be: one row a check
-- since: 15
-- privilege: none; pg_read_all_settings (in pg_monitor) for the oldest TLS version, which is NULL without it
-- cost: cheap
-- columns: name text, ok bool, found text, expected text
WITH wanted_role (name, login) AS (
    VALUES ('jeex_admin', true), ('jeex_user', true), ('jeex_readonly', true), ('howdah_monitor', true)
), wanted_extension (name) AS (
    VALUES ('uuid-ossp'), ('pg_stat_statements'), ('pg_trgm'), ('pgcrypto')
), wanted_function (name) AS (
    VALUES ('simple_health_check'), ('detailed_health_check'), ('get_database_metrics')
)
SELECT 'version' AS name, pg_catalog.current_setting('server_version_num')::int4 >= 180000 AS ok,
       pg_catalog.current_setting('server_version') AS found, '18 or newer' AS expected
UNION ALL
SELECT 'tls: this link', s.ssl OR pg_catalog.inet_client_addr() IS NULL,
       CASE WHEN s.ssl THEN pg_catalog.concat_ws(', ', s.version, s.cipher) WHEN pg_catalog.inet_client_addr() IS NULL THEN 'Unix socket' ELSE 'not encrypted' END, 'TLS'
FROM pg_catalog.pg_stat_ssl s WHERE s.pid = pg_catalog.pg_backend_pid()
UNION ALL
SELECT 'tls: server', pg_catalog.current_setting('ssl')::bool, pg_catalog.current_setting('ssl'), 'on'
UNION ALL
SELECT 'tls: oldest version', CASE WHEN may.read THEN pg_catalog.current_setting('ssl_min_protocol_version') IN ('TLSv1.2', 'TLSv1.3') END,
       CASE WHEN may.read THEN pg_catalog.current_setting('ssl_min_protocol_version')
            ELSE pg_catalog.format('not permitted: GRANT pg_read_all_settings TO %I', current_user) END,
       'TLSv1.2 or TLSv1.3'
FROM (SELECT pg_catalog.pg_has_role(current_user, 'pg_read_all_settings', 'usage') AS read) may
UNION ALL
SELECT 'passwords', pg_catalog.current_setting('password_encryption') = 'scram-sha-256', pg_catalog.current_setting('password_encryption'), 'scram-sha-256'
UNION ALL
SELECT 'role: ' || w.name, coalesce(r.rolcanlogin AND NOT r.rolsuper, false),
       CASE WHEN r.oid IS NULL THEN 'absent' ELSE pg_catalog.concat(CASE WHEN r.rolcanlogin THEN 'login' ELSE 'no login' END, CASE WHEN r.rolsuper THEN ', superuser' END) END,
       'login, no superuser'
FROM wanted_role w LEFT JOIN pg_catalog.pg_roles r ON r.rolname = w.name
UNION ALL
SELECT 'extension: ' || w.name, e.oid IS NOT NULL, coalesce(e.extversion, 'absent'), 'installed'
FROM wanted_extension w LEFT JOIN pg_catalog.pg_extension e ON e.extname = w.name
UNION ALL
SELECT 'function: ' || w.name || '()', p.schemas IS NOT NULL, coalesce('in ' || p.schemas, 'absent'), 'present'
FROM wanted_function w
CROSS JOIN LATERAL (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(n.nspname), ', ') AS schemas
                    FROM pg_catalog.pg_proc f JOIN pg_catalog.pg_namespace n ON n.oid = f.pronamespace
                    WHERE f.proname = w.name AND f.pronargs = 0) p
UNION ALL
SELECT 'archive: mode', pg_catalog.current_setting('archive_mode') <> 'off', pg_catalog.current_setting('archive_mode'), 'on'
UNION ALL
SELECT 'archive: works', a.last_archived_time IS NOT NULL AND coalesce(a.last_failed_time < a.last_archived_time, true),
       CASE WHEN a.last_failed_time >= coalesce(a.last_archived_time, '-infinity') THEN pg_catalog.format('%s failed at %s', a.last_failed_wal, a.last_failed_time)
            WHEN a.last_archived_time IS NULL THEN 'nothing archived yet'
            ELSE pg_catalog.format('%s at %s', a.last_archived_wal, a.last_archived_time) END,
       'the last file was archived'
FROM pg_catalog.pg_stat_archiver a
UNION ALL
SELECT 'data checksums', pg_catalog.current_setting('data_checksums') = 'on', pg_catalog.current_setting('data_checksums'), 'on'
