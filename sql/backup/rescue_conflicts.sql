-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the statement that counts the rows of the temporary table $3 that table $1.$2 lacks by its key (columns $4, operators $5) and whose values of another key ($6, $7) it has
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: statement text
SELECT pg_catalog.format('SELECT pg_catalog.count(*) FROM pg_temp.%I AS s WHERE NOT EXISTS (SELECT FROM ONLY %2$I.%3$I AS t WHERE %4$s) AND EXISTS (SELECT FROM ONLY %2$I.%3$I AS t WHERE %5$s)', $3::text, $1::text, $2::text,
           (SELECT COALESCE(pg_catalog.string_agg(pg_catalog.format('t.%I %s s.%I', k.c, $5::jsonb ->> (k.n - 1)::int4, k.c), ' AND '), 'false') FROM pg_catalog.jsonb_array_elements_text($4::jsonb) WITH ORDINALITY AS k (c, n)),
           (SELECT pg_catalog.string_agg(pg_catalog.format('t.%I %s s.%I', k.c, $7::jsonb ->> (k.n - 1)::int4, k.c), ' AND ') FROM pg_catalog.jsonb_array_elements_text($6::jsonb) WITH ORDINALITY AS k (c, n))) AS statement
