-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the applied versions
-- since: 15
-- privilege: SELECT on public.schema_migrations
-- cost: cheap
-- columns: version varchar
SELECT version FROM public.schema_migrations ORDER BY version
