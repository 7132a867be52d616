-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: where this session looks for names from now on ($1)
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: search_path text
SELECT pg_catalog.set_config('search_path', $1, false) AS search_path
