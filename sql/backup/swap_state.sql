-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: what two servers of one cluster are told apart by, and what a swap of the one for the other would leave behind, as one JSON object
-- since: 15
-- privilege: superuser (pg_control_system, every session, every subscription)
-- cost: cheap
-- columns: state jsonb
SELECT pg_catalog.jsonb_build_object(
    'system_identifier', (SELECT system_identifier::pg_catalog.text FROM pg_catalog.pg_control_system()),
    'in_recovery', pg_catalog.pg_is_in_recovery(),
    -- The control file's lags behind a promotion until the next checkpoint.
    'timeline', CASE WHEN pg_catalog.pg_is_in_recovery() THEN (SELECT timeline_id::pg_catalog.int8 FROM pg_catalog.pg_control_checkpoint())
                     ELSE ('x' || pg_catalog.left(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 8))::pg_catalog.bit(32)::pg_catalog.int8 END,
    'lsn', (CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn() ELSE pg_catalog.pg_current_wal_flush_lsn() END)::pg_catalog.text,
    'databases', (SELECT pg_catalog.jsonb_agg(datname ORDER BY datname) FROM pg_catalog.pg_database WHERE NOT datistemplate),
    'prepared', (SELECT pg_catalog.count(*) FROM pg_catalog.pg_prepared_xacts),
    'tablespaces', (SELECT pg_catalog.count(*) FROM pg_catalog.pg_tablespace WHERE spcname NOT IN ('pg_default', 'pg_global')),
    'slots', (SELECT pg_catalog.count(*) FROM pg_catalog.pg_replication_slots WHERE NOT temporary),
    'receivers', (SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_replication),
    'subscriptions', (SELECT pg_catalog.count(*) FROM pg_catalog.pg_subscription WHERE subenabled),
    'segment_size', (SELECT setting::pg_catalog.int8 FROM pg_catalog.pg_settings WHERE name = 'wal_segment_size')) AS state
