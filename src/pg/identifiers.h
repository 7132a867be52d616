// SPDX-License-Identifier: GPL-3.0-or-later
// Names out of a text, the way back from quote.h. Pure, any thread.
#pragma once

#include <QStringList>

namespace howdah::pg
{

// The names in a list (u',') or in a qualified name (u'.'), as the server reads them: without their quotes, and where they have none in lower case.
// White space around them is none of theirs; an empty one is left out.
QStringList identifiersOf(const QString &text, QChar between);

} // namespace howdah::pg
