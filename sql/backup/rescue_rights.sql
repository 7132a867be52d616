-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: what this role may do besides writing
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: may_silence bool, may_stage bool, in_recovery bool, read_only bool
SELECT pg_catalog.has_parameter_privilege('session_replication_role', 'SET') AS may_silence,
       pg_catalog.has_database_privilege(pg_catalog.current_database(), 'TEMPORARY') AS may_stage, pg_catalog.pg_is_in_recovery() AS in_recovery,
       pg_catalog.current_setting('transaction_read_only')::bool AS read_only
