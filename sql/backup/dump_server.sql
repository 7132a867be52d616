-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: what a dump is to know of its server, its database and its role; in a transaction that stays open, since pg_dump reads by the snapshot that this exports
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: version text, version_num int4, system_identifier text, in_recovery bool, encoding text, provider text, collate text, ctype text, locale text, tablespace text,
--   role text, superuser bool, bypasses bool, connections_left int8, large_objects int8, now_ms int8, snapshot text
SELECT pg_catalog.split_part(pg_catalog.current_setting('server_version'), ' ', 1) AS version,
       pg_catalog.current_setting('server_version_num')::pg_catalog.int4 AS version_num,
       (SELECT system_identifier::pg_catalog.text FROM pg_catalog.pg_control_system()) AS system_identifier,
       pg_catalog.pg_is_in_recovery() AS in_recovery,
       pg_catalog.pg_encoding_to_char(d.encoding)::pg_catalog.text AS encoding,
       -- Where the locale lies differs by version.
       CASE d.datlocprovider WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE 'libc' END AS provider,
       d.datcollate::pg_catalog.text AS collate, d.datctype::pg_catalog.text AS ctype,
       COALESCE(pg_catalog.to_jsonb(d) ->> 'datlocale', pg_catalog.to_jsonb(d) ->> 'daticulocale') AS locale,
       (SELECT t.spcname::pg_catalog.text FROM pg_catalog.pg_tablespace AS t WHERE t.oid = d.dattablespace) AS tablespace,
       r.rolname::pg_catalog.text AS role, r.rolsuper AS superuser, r.rolsuper OR r.rolbypassrls AS bypasses,
       CASE WHEN r.rolconnlimit >= 0 AND NOT r.rolsuper THEN r.rolconnlimit - (SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_activity AS a WHERE a.usesysid = r.oid) END AS connections_left,
       (SELECT pg_catalog.count(*) FROM pg_catalog.pg_largeobject_metadata) AS large_objects,
       (pg_catalog.extract('epoch', pg_catalog.clock_timestamp()) * 1000)::pg_catalog.int8 AS now_ms,
       pg_catalog.pg_export_snapshot() AS snapshot
FROM pg_catalog.pg_database AS d, pg_catalog.pg_roles AS r
WHERE d.datname = pg_catalog.current_database() AND r.rolname = CURRENT_USER
