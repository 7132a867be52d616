// SPDX-License-Identifier: GPL-3.0-or-later
// Which statements of a server are the console's own. pg_stat_statements knows no application, so that this is told by the text alone: it
// carries our mark, or is one of our SQL files with its constants taken out, as the server does. Who runs such a file by hand is taken for us.
// Pure functions, any thread.
#pragma once

#include <QString>

namespace howdah::statements
{

// Behind the first word of what is put together at run time: there the server keeps it, before the first word it need not.
inline constexpr char ownMark[] = "/* howdah */";

bool isOwnText(const QString &text);

} // namespace howdah::statements
