-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: in a scratch database: why a table is rewritten, noted in a setting of the session: a table would take locks and write WAL of its own
-- since: 15
-- privilege: CREATE on the schema howdah_preview
-- cost: cheap
-- columns: none
CREATE FUNCTION howdah_preview.note_rewrite() RETURNS event_trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    PERFORM set_config('howdah.rewrites', concat(current_setting('howdah.rewrites', true), pg_event_trigger_table_rewrite_oid(), ':', pg_event_trigger_table_rewrite_reason(), ' '), false);
END $$
