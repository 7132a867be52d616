-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: what bears on plans in the server's log, as this session has it; value NULL: not known here, or not permitted
-- since: 15
-- privilege: pg_read_all_settings (in pg_monitor) for the preloaded libraries; NULL without it
-- cost: cheap
-- columns: name text, value text, permitted bool, pending bool
SELECT n.name, CASE WHEN p.permitted THEN pg_catalog.current_setting(n.name, true) END AS value, p.permitted,
       coalesce((SELECT s.pending_restart FROM pg_catalog.pg_settings AS s WHERE s.name = n.name), false) AS pending
FROM pg_catalog.unnest(ARRAY['shared_preload_libraries', 'session_preload_libraries', 'logging_collector', 'log_destination', 'log_line_prefix',
                             'log_timezone', 'compute_query_id', 'auto_explain.log_min_duration', 'auto_explain.log_format', 'auto_explain.log_verbose',
                             'auto_explain.log_timing', 'auto_explain.log_analyze', 'auto_explain.log_buffers', 'auto_explain.log_nested_statements', 'auto_explain.sample_rate',
                             'auto_explain.log_parameter_max_length', 'auto_explain.log_level']) AS n(name)
CROSS JOIN LATERAL (SELECT n.name NOT LIKE '%\_preload\_libraries' OR pg_catalog.pg_has_role(current_user, 'pg_read_all_settings', 'usage') AS permitted) AS p
