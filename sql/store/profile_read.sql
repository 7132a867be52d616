-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: one profile by its name
-- since: store 2 (SQLite)
-- privilege: none
-- cost: cheap
-- columns: id, name, host, port, database, role, sslmode, ca_file, auth, tls13_only, monitor_role, environment, stack, ways
SELECT id, name, host, port, database, role, sslmode, ca_file, auth, tls13_only, monitor_role, environment, stack, ways
FROM profiles
WHERE name = $1
