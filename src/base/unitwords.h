// SPDX-License-Identifier: GPL-3.0-or-later
// Words of a systemd unit as systemd.syntax(7) reads them: in quotes, with its specifiers and variables taken as they stand. Any thread.
#pragma once

#include <QString>

namespace howdah::unitwords
{

inline QString word(const QString &text) // of Environment=
{
    QString quoted;
    for (const QChar c : text) {
        if (c == QLatin1Char('"') || c == QLatin1Char('\\'))
            quoted += QLatin1Char('\\');
        quoted += c;
        if (c == QLatin1Char('%'))
            quoted += c;
    }
    return QLatin1Char('"') + quoted + QLatin1Char('"');
}

inline QString argument(const QString &text) // of ExecStart=
{
    return word(text).replace(QLatin1Char('$'), QStringLiteral("$$"));
}

} // namespace howdah::unitwords
