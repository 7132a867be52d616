-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: a sequence for \d ($1: its oid), with the column that owns it or is its identity
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: type text, start int8, minimum int8, maximum int8, increment int8, cycles text, cache int8, owned_by text
SELECT pg_catalog.format_type(s.seqtypid, NULL) AS type, s.seqstart AS start, s.seqmin AS minimum, s.seqmax AS maximum, s.seqincrement AS increment,
       CASE WHEN s.seqcycle THEN 'yes' ELSE 'no' END AS cycles, s.seqcache AS cache,
       (SELECT pg_catalog.format('%s.%I', d.refobjid::pg_catalog.regclass, a.attname)
        FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
        WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = s.seqrelid AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
          AND d.deptype IN ('a', 'i')) AS owned_by
FROM pg_catalog.pg_sequence s
WHERE s.seqrelid = $1::oid
