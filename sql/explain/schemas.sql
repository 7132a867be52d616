-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the schemas of the search_path that are there and may be used
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: name name
SELECT s.name FROM pg_catalog.unnest(pg_catalog.current_schemas(false)) AS s(name)
