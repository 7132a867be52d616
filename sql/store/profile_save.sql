-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: a new profile, or all fields of a known one
-- since: store 2 (SQLite)
-- privilege: none
-- cost: cheap
-- columns: none
INSERT INTO profiles (id, name, host, port, database, role, sslmode, ca_file, auth, tls13_only, monitor_role, environment, stack, ways)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, host = excluded.host, port = excluded.port, database = excluded.database,
    role = excluded.role, sslmode = excluded.sslmode, ca_file = excluded.ca_file, auth = excluded.auth,
    tls13_only = excluded.tls13_only, monitor_role = excluded.monitor_role, environment = excluded.environment, stack = excluded.stack,
    ways = excluded.ways
