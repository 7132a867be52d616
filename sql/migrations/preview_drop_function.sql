-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: in a scratch database: what goes beside the object that was named, noted in a setting of the session
-- since: 15
-- privilege: CREATE on the schema howdah_preview
-- cost: cheap
-- columns: none
CREATE FUNCTION howdah_preview.note_drop() RETURNS event_trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
    said text;
BEGIN
    WITH gone AS (SELECT g.object_type, g.object_identity, g.original, g.normal FROM pg_event_trigger_dropped_objects() AS g WHERE NOT g.is_temporary)
    SELECT set_config('howdah.dropped', concat(current_setting('howdah.dropped', true),
        (SELECT string_agg(format('%s %s', d.object_type, d.object_identity), E'\x1e' ORDER BY d.object_type, d.object_identity) || E'\x1e'
         FROM gone AS d
         WHERE NOT d.original AND d.normal
           -- A view's own rule, the defaults of a table that is gone itself.
           AND NOT (d.object_type = 'rule' AND d.object_identity LIKE '"\_RETURN" on %')
           AND NOT (d.object_type = 'default value' AND EXISTS (SELECT 1 FROM gone AS t WHERE t.object_type = 'table' AND d.object_identity LIKE 'for ' || t.object_identity || '.%')))), false) INTO said;
END $$
