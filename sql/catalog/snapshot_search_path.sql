-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: names in full from here to the end of the transaction, so that definitions do not differ by the session
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: search_path text
SELECT pg_catalog.set_config('search_path', '', true) AS search_path
