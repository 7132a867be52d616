-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the extensions that can be made in this database, those that are, and whether it takes a superuser
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: said text
--   a JSON array of name, whether it is installed, whether a role with CREATE on the database may make it
SELECT pg_catalog.json_build_array(a.name, a.installed_version IS NOT NULL, COALESCE(v.trusted, false) OR NOT COALESCE(v.superuser, true))::pg_catalog.text AS said
FROM pg_catalog.pg_available_extensions AS a
LEFT JOIN pg_catalog.pg_available_extension_versions AS v ON v.name = a.name AND v.version = a.default_version
ORDER BY a.name
