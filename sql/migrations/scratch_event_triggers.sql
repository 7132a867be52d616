-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: in a copy of a database: the statements by which the original's event triggers do nothing in it, and new ones fire though its server's are off
-- since: 15
-- privilege: superuser
-- cost: cheap
-- columns: change text
SELECT pg_catalog.format('ALTER EVENT TRIGGER %I DISABLE', t.evtname) AS change FROM pg_catalog.pg_event_trigger AS t WHERE t.evtenabled <> 'D'
UNION ALL
SELECT pg_catalog.format('ALTER DATABASE %I SET event_triggers = on', pg_catalog.current_database()) FROM pg_catalog.pg_settings AS s WHERE s.name = 'event_triggers'
