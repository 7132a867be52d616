-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the table of applied versions, as dbmate makes it
-- since: 15
-- privilege: CREATE on the schema public
-- cost: cheap
-- columns: none
CREATE TABLE IF NOT EXISTS public.schema_migrations (version varchar PRIMARY KEY)
