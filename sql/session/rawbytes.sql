-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: asks an SQL_ASCII database for its bytes as they are
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: set_config text
SELECT pg_catalog.set_config('client_encoding', 'SQL_ASCII', false) AS set_config
