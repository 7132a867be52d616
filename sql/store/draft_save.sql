-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: a new text, or a known one as it is now
-- since: store 3 (SQLite)
-- privilege: none
-- cost: cheap
-- columns: none
INSERT INTO drafts (id, profile, place, title, file, text, modified, cursor, saved) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (id) DO UPDATE SET profile = excluded.profile, place = excluded.place, title = excluded.title, file = excluded.file,
    text = excluded.text, modified = excluded.modified, cursor = excluded.cursor, saved = excluded.saved
