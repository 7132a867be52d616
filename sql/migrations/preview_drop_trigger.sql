-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: in a scratch database: notes everything that is dropped
-- since: 15
-- privilege: superuser
-- cost: cheap
-- columns: none
CREATE EVENT TRIGGER howdah_preview_drop ON sql_drop EXECUTE FUNCTION howdah_preview.note_drop()
