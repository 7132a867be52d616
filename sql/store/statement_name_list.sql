-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: names of roles and databases, as they were last seen
-- since: store 4 (SQLite)
-- privilege: none
-- cost: cheap
-- columns: role, oid, name
SELECT role, oid, name FROM statement_names WHERE source = $1
