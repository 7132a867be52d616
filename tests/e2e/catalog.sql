-- SPDX-License-Identifier: GPL-3.0-or-later
-- The catalog as psql sees it: one JSON array a line, compared with what `howdahctl catalog list` says, line by line.
SET search_path = '';
CREATE TEMPORARY VIEW rel AS SELECT c.*, n.nspname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S');
SELECT json_build_array('schema', nspname, nspowner::pg_catalog.regrole::text) FROM pg_catalog.pg_namespace
  WHERE nspname !~ '^pg_' AND nspname <> 'information_schema';
SELECT json_build_array('relation', nspname, relname, CASE relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'f' THEN 'foreign table'
  WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' ELSE 'sequence' END, relowner::pg_catalog.regrole::text) FROM rel;
SELECT json_build_array('column', nspname, relname, attname, pg_catalog.format_type(atttypid, atttypmod), attnotnull,
  (SELECT pg_catalog.pg_get_expr(adbin, adrelid) FROM pg_catalog.pg_attrdef WHERE adrelid = attrelid AND adnum = attnum))
  FROM rel JOIN pg_catalog.pg_attribute ON attrelid = rel.oid WHERE attnum > 0 AND NOT attisdropped;
SELECT json_build_array('index', schemaname, tablename, indexname, indexdef) FROM pg_catalog.pg_indexes
  WHERE schemaname !~ '^pg_' AND schemaname <> 'information_schema';
SELECT json_build_array('constraint', nspname, relname, conname, pg_catalog.pg_get_constraintdef(k.oid))
  FROM rel JOIN pg_catalog.pg_constraint k ON conrelid = rel.oid WHERE contype <> 't';
SELECT json_build_array('trigger', nspname, relname, tgname, pg_catalog.pg_get_triggerdef(t.oid))
  FROM rel JOIN pg_catalog.pg_trigger t ON tgrelid = rel.oid WHERE NOT tgisinternal;
SELECT json_build_array('policy', schemaname, tablename, policyname) FROM pg_catalog.pg_policies;
SELECT json_build_array('function', nspname, proname, pg_catalog.pg_get_function_identity_arguments(p.oid), lanname, prosecdef)
  FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = pronamespace JOIN pg_catalog.pg_language l ON l.oid = prolang
  WHERE nspname !~ '^pg_' AND nspname <> 'information_schema';
