// SPDX-License-Identifier: GPL-3.0-or-later
// JSON as howdahctl prints it: one object, one line, UTF-8, nothing in it that a terminal would obey. Any thread.
#pragma once

#include <QJsonDocument>
#include <QJsonObject>

namespace howdah
{

// Control characters, U+007F and U+0080 to U+009F among them, as \u00XX. In a document they can stand in strings only, the line breaks and tabs
// between its parts apart, which stay.
inline QByteArray escapedControls(const QByteArray &json)
{
    static constexpr char hex[] = "0123456789abcdef";
    QByteArray out;
    out.reserve(json.size());
    for (qsizetype i = 0; i < json.size(); ++i) {
        auto c = uchar(json[i]);
        const bool second = c == 0xc2 && i + 1 < json.size() && uchar(json[i + 1]) >= 0x80 && uchar(json[i + 1]) < 0xa0;
        if (second)
            c = uchar(json[++i]);
        if (!second && c != 0x7f && (c >= 0x20 || c == '\n' || c == '\r' || c == '\t'))
            out += char(c);
        else
            (out += "\\u00").append(hex[c >> 4]).append(hex[c & 15]);
    }
    return out;
}

inline QByteArray jsonLine(const QJsonObject &object)
{
    return escapedControls(QJsonDocument(object).toJson(QJsonDocument::Compact)) + '\n';
}

} // namespace howdah
