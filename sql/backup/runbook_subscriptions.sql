-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the subscriptions of this server, in whatever database, and the statements that stop each and take it up (both in its database). A recovered copy asks
--       its publisher from where it stood then
-- since: 15
-- privilege: none (never the connection's text)
-- cost: cheap
-- columns: name text, database text, enabled bool, slot text, publications text, stop text, go text
SELECT s.subname::text AS name, d.datname::text AS database, s.subenabled AS enabled, s.subslotname::text AS slot, pg_catalog.array_to_string(s.subpublications, ', ') AS publications,
       pg_catalog.format('ALTER SUBSCRIPTION %I DISABLE', s.subname) AS stop, pg_catalog.format('ALTER SUBSCRIPTION %I ENABLE', s.subname) AS go
FROM pg_catalog.pg_subscription AS s
JOIN pg_catalog.pg_database AS d ON d.oid = s.subdbid
ORDER BY d.datname COLLATE "C", s.subname COLLATE "C"
