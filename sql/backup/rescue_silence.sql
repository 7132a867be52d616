-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: for this transaction: triggers rest, those of foreign keys too; those that are ALWAYS or REPLICA do not
-- since: 15
-- privilege: superuser, or SET on the parameter
-- cost: cheap
-- columns: done text
SELECT pg_catalog.set_config('session_replication_role', 'replica', true) AS done
