// SPDX-License-Identifier: GPL-3.0-or-later
#include "pg/identifiers.h"

namespace howdah::pg
{

QStringList identifiersOf(const QString &text, QChar between)
{
    QStringList names;
    QString name;
    bool quoted = false;
    const auto end = [&] {
        if (!name.isEmpty())
            names.append(name);
        name.clear();
    };
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar c = text[i];
        if (c == u'"' && quoted && i + 1 < text.size() && text[i + 1] == u'"') {
            name += c;
            ++i;
        } else if (c == u'"') {
            quoted = !quoted;
        } else if (c == between && !quoted) {
            end();
        } else if (quoted) {
            name += c;
        } else if (!c.isSpace()) {
            name += c.unicode() < 128 ? c.toLower() : c; // as the server does in UTF-8
        }
    }
    end();
    return names;
}

} // namespace howdah::pg
