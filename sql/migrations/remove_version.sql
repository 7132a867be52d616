-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: a version is applied no more
-- since: 15
-- privilege: DELETE on public.schema_migrations
-- cost: cheap
-- columns: none
DELETE FROM public.schema_migrations WHERE version = $1
