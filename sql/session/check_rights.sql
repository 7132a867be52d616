-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: which of the server's own roles for monitoring the link's role has, what is not seen without it, and the statement that gives it
-- since: 15
-- privilege: none
-- cost: two lookups of a membership
-- columns: name text, without text, held bool, fix text
SELECT r.name::text AS name,
       r.without::text AS without,
       pg_catalog.pg_has_role(current_user, r.name, 'USAGE') AS held,
       pg_catalog.format('GRANT %I TO %I;', r.name, current_user) AS fix
FROM (VALUES ('pg_monitor'::name, 'statements and statistics of other roles, all settings, WAL and replication'),
             ('pg_signal_backend'::name, 'cancelling and ending what other roles run')) AS r (name, without)
