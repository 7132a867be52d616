-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: every relation of the database that a dump could hold, and what stands in the way of the connected role
-- since: 15
-- privilege: none
-- cost: heavy (the size of every table is added up from its files)
-- columns: oid oid, schema text, name text, kind text, bytes int8, parent oid, usable bool, readable bool, stopped bool, member bool, data bool
--   kind is pg_class.relkind; parent: of a partition or a child table; usable: its schema; stopped: row security would leave rows out, so pg_dump ends there;
--   member: of an extension, whose script makes it; data: its rows are dumped
SELECT c.oid, n.nspname::pg_catalog.text AS schema, c.relname::pg_catalog.text AS name, c.relkind::pg_catalog.text AS kind,
       CASE WHEN c.relkind = 'r' THEN COALESCE(pg_catalog.pg_table_size(c.oid), 0) ELSE 0 END AS bytes,
       (SELECT i.inhparent FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid = c.oid ORDER BY i.inhseqno LIMIT 1) AS parent,
       pg_catalog.has_schema_privilege(n.oid, 'USAGE') AS usable,
       c.relkind NOT IN ('r', 'p', 'S') OR (e.member AND NOT e.config)
           OR CASE WHEN c.relkind = 'S' THEN pg_catalog.has_sequence_privilege(c.oid, 'SELECT') ELSE pg_catalog.has_table_privilege(c.oid, 'SELECT') END AS readable,
       c.relkind = 'r' AND (NOT e.member OR e.config) AND pg_catalog.row_security_active(c.oid) AS stopped,
       e.member,
       c.relkind IN ('r', 'S') AND (NOT e.member OR e.config) AND NOT (c.relpersistence = 'u' AND pg_catalog.pg_is_in_recovery()) AS data
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (
    SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_depend AS d
                   WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e') AS member,
           EXISTS (SELECT 1 FROM pg_catalog.pg_extension AS x WHERE c.oid = ANY (x.extconfig)) AS config) AS e
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY 2, 3
