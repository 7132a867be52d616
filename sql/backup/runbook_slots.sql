-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the replication slots that a recovered copy does not have, and the statement that makes each anew (in its database, where it is a logical one)
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: name text, type text, database text, plugin text, active bool, again text
SELECT slot_name::text AS name, slot_type AS type, database::text AS database, plugin::text AS plugin, active,
       CASE slot_type WHEN 'physical' THEN pg_catalog.format('SELECT pg_catalog.pg_create_physical_replication_slot(%L)', slot_name)
                      ELSE pg_catalog.format('SELECT pg_catalog.pg_create_logical_replication_slot(%L, %L)', slot_name, plugin) END AS again
FROM pg_catalog.pg_replication_slots
WHERE NOT temporary
ORDER BY slot_name COLLATE "C"
