// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/controldata.h"

namespace howdah::backup
{

QMap<QString, QString> parseControlData(const QByteArray &said)
{
    QMap<QString, QString> facts;
    for (const QString &line : QString::fromUtf8(said).split(u'\n')) {
        if (const qsizetype colon = line.indexOf(u':'); colon > 0)
            facts.insert(line.first(colon).trimmed(), line.sliced(colon + 1).trimmed());
    }
    return facts;
}

} // namespace howdah::backup
