// SPDX-License-Identifier: GPL-3.0-or-later
// The words of PostgreSQL 18's grammar (pg_get_keywords), for the editor's colours. Any thread.
#pragma once

#include <QByteArrayView>

namespace howdah::ui
{

enum class WordLook { Name, Keyword, Type };
// A word that is mostly met as a column's name ("name", "value") is a keyword only in capitals.
WordLook lookOf(QByteArrayView word);
QByteArrayList completionKeywords(); // and types; small letters, sorted

} // namespace howdah::ui
