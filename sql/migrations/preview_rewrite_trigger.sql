-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: in a scratch database: notes every rewrite of a table
-- since: 15
-- privilege: superuser
-- cost: cheap
-- columns: none
CREATE EVENT TRIGGER howdah_preview_rewrite ON table_rewrite EXECUTE FUNCTION howdah_preview.note_rewrite()
