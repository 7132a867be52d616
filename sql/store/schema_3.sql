-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the store's third schema: rows carry a seal that finds what SQLite's own check does not, and the history is indexed by its pieces
-- since: store 3 (SQLite)
-- privilege: none
-- cost: cheap
-- columns: none
-- A seal is a digest of the row's other columns (store/seal.h), '' where none was set. SQLite can't compute one, so that a change
-- takes it away, and whoever made the change sets a new one. A flipped byte in the file fires no trigger: there the seal does not hold.
-- A later schema that changes a sealed table's columns takes the seals away (SET seal = ''): they are set again as rows are written.
ALTER TABLE profiles ADD COLUMN seal TEXT NOT NULL DEFAULT ''
-- next
CREATE TRIGGER profiles_unseal AFTER UPDATE ON profiles WHEN new.seal = old.seal AND new.seal <> ''
BEGIN
    UPDATE profiles SET seal = '' WHERE id = new.id;
END
-- next
ALTER TABLE journal ADD COLUMN seal TEXT NOT NULL DEFAULT ''
-- next
CREATE TRIGGER journal_unseal AFTER UPDATE ON journal WHEN new.seal = old.seal AND new.seal <> ''
BEGIN
    UPDATE journal SET seal = '' WHERE id = new.id;
END
-- next
ALTER TABLE history ADD COLUMN seal TEXT NOT NULL DEFAULT ''
-- next
CREATE TRIGGER history_unseal AFTER UPDATE ON history WHEN new.seal = old.seal AND new.seal <> ''
BEGIN
    UPDATE history SET seal = '' WHERE id = new.id;
END
-- next
ALTER TABLE drafts ADD COLUMN seal TEXT NOT NULL DEFAULT ''
-- next
CREATE TRIGGER drafts_unseal AFTER UPDATE ON drafts WHEN new.seal = old.seal AND new.seal <> ''
BEGIN
    UPDATE drafts SET seal = '' WHERE id = new.id;
END
-- next
-- Any piece of three characters or more, any case; of a very long text its beginning.
CREATE VIRTUAL TABLE history_text USING fts5(text, content = '', tokenize = 'trigram')
-- next
CREATE TRIGGER history_text_add AFTER INSERT ON history
BEGIN
    INSERT INTO history_text (rowid, text) VALUES (new.id, substr(new.text, 1, 65536));
END
-- next
CREATE TRIGGER history_text_remove AFTER DELETE ON history
BEGIN
    INSERT INTO history_text (history_text, rowid, text) VALUES ('delete', old.id, substr(old.text, 1, 65536));
END
-- next
INSERT INTO history_text (rowid, text) SELECT id, substr(text, 1, 65536) FROM history
-- next
PRAGMA user_version = 3
