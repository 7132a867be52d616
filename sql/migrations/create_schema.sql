-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the schema of what Howdah keeps beside schema_migrations
-- since: 15
-- privilege: CREATE on the database
-- cost: cheap
-- columns: none
CREATE SCHEMA IF NOT EXISTS howdah
