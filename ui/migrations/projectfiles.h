// SPDX-License-Identifier: GPL-3.0-or-later
// Files of a project, written for the pane; the sum file follows where it was right but for them. Blocking: on the worker of ProjectSource.
#pragma once

#include "migrations/folder.h"

namespace howdah::ui
{

// A migration's text, or a repeatable one's.
Done writeText(const migrations::Folder &folder, const migrations::File &file, const QByteArray &text);
// A new one with both sections empty; its path. Errors: those of newFile.
Result<QString> makeFile(const QString &folder, const QString &title, const QString &purpose, qint64 nowMs);

// One with the whole text given, of now, with the title of another one: for what was written in a file that is there no more. Its path. Errors: those of newFile.
Result<QString> makeFileOf(const QString &folder, const QString &title, const QByteArray &text, qint64 nowMs);

} // namespace howdah::ui
