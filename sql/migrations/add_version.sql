-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: a version is applied; as dbmate writes it
-- since: 15
-- privilege: INSERT on public.schema_migrations
-- cost: cheap
-- columns: none
INSERT INTO public.schema_migrations (version) VALUES ($1)
