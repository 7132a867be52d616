-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the definition of a view for \sv ($1: its name)
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: definition text
SELECT pg_catalog.format(E'CREATE OR REPLACE VIEW %s AS\n%s', $1::pg_catalog.regclass, pg_catalog.pg_get_viewdef($1::pg_catalog.regclass, true)) AS definition
