// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/jsontext.h"

#include <QString>

#include <algorithm>

namespace howdah::query
{

namespace
{

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

// The length of the number that begins at `at`; 0: none.
qsizetype numberLength(QByteArrayView text, qsizetype at)
{
    const qsizetype begin = at;
    const auto digits = [&] {
        const qsizetype from = at;
        while (at < text.size() && isDigit(text[at]))
            ++at;
        return at - from;
    };
    if (at < text.size() && text[at] == '-')
        ++at;
    const qsizetype first = at;
    const qsizetype whole = digits();
    if (whole == 0 || (whole > 1 && text[first] == '0'))
        return 0;
    if (at < text.size() && text[at] == '.') {
        ++at;
        if (digits() == 0)
            return 0;
    }
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        ++at;
        if (at < text.size() && (text[at] == '+' || text[at] == '-'))
            ++at;
        if (digits() == 0)
            return 0;
    }
    return at - begin;
}

// The length of the string that begins at the quote at `at`; 0: it does not end.
qsizetype stringLength(QByteArrayView text, qsizetype at)
{
    for (qsizetype i = at + 1; i < text.size(); ++i) {
        if (text[i] == '"')
            return i + 1 - at;
        if (uchar(text[i]) < 0x20)
            return 0;
        if (text[i] == '\\')
            ++i;
    }
    return 0;
}

qsizetype scalarLength(QByteArrayView text, qsizetype at)
{
    if (text[at] == '"')
        return stringLength(text, at);
    for (const QByteArrayView word : {QByteArrayView("true"), QByteArrayView("false"), QByteArrayView("null")}) {
        if (text.sliced(at).startsWith(word))
            return word.size();
    }
    return numberLength(text, at);
}

} // namespace

void appendJsonString(QByteArray &out, QByteArrayView utf8)
{
    static constexpr char hex[] = "0123456789abcdef";
    bool ascii = true;
    for (const char c : utf8)
        ascii = ascii && uchar(c) < 0x80;
    QByteArray valid;
    if (!ascii) {
        valid = QString::fromUtf8(utf8).toUtf8();
        utf8 = valid;
    }
    out += '"';
    for (qsizetype i = 0; i < utf8.size(); ++i) {
        const char c = utf8[i];
        switch (c) {
        case '"': out += "\\\""; break;
        case '\\': out += "\\\\"; break;
        case '\n': out += "\\n"; break;
        case '\r': out += "\\r"; break;
        case '\t': out += "\\t"; break;
        case '\b': out += "\\b"; break;
        case '\f': out += "\\f"; break;
        default:
            // U+0080 to U+009F are control characters too, which a terminal may obey.
            if (const bool second = uchar(c) == 0xc2 && uchar(utf8[i + 1]) < 0xa0; second || uchar(c) < 0x20 || uchar(c) == 0x7f) {
                const auto control = uchar(second ? utf8[++i] : c);
                out += "\\u00";
                out += hex[control >> 4];
                out += hex[control & 15];
            } else {
                out += c;
            }
        }
    }
    out += '"';
}

bool isJsonNumber(QByteArrayView text)
{
    return !text.isEmpty() && numberLength(text, 0) == text.size();
}

std::optional<QByteArray> prettyJson(QByteArrayView text)
{
    enum class Expect { Value, ValueOrEnd, Key, KeyOrEnd, Colon, CommaOrEnd, Nothing };
    QByteArray out;
    out.reserve(text.size() + text.size() / 2);
    QByteArray open; // '{' and '[' of the levels around
    Expect expect = Expect::Value;
    const auto newLine = [&] {
        out += '\n';
        out.append(2 * std::min<qsizetype>(open.size(), 64), ' ');
    };
    for (qsizetype at = 0; at < text.size();) {
        const char c = text[at];
        if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
            ++at;
            continue;
        }
        if (c == '}' || c == ']') {
            const bool empty = expect == (c == '}' ? Expect::KeyOrEnd : Expect::ValueOrEnd);
            if (open.isEmpty() || open.back() != (c == '}' ? '{' : '[') || !(empty || expect == Expect::CommaOrEnd))
                return std::nullopt;
            open.chop(1);
            if (!empty)
                newLine();
            out += c;
            ++at;
            expect = open.isEmpty() ? Expect::Nothing : Expect::CommaOrEnd;
            continue;
        }
        switch (expect) {
        case Expect::Nothing:
            return std::nullopt;
        case Expect::CommaOrEnd:
            if (c != ',')
                return std::nullopt;
            out += c;
            ++at;
            newLine();
            expect = open.back() == '{' ? Expect::Key : Expect::Value;
            break;
        case Expect::Colon:
            if (c != ':')
                return std::nullopt;
            out += ": ";
            ++at;
            expect = Expect::Value;
            break;
        case Expect::Key:
        case Expect::KeyOrEnd: {
            const qsizetype length = c == '"' ? stringLength(text, at) : 0;
            if (length == 0)
                return std::nullopt;
            if (expect == Expect::KeyOrEnd)
                newLine();
            out += text.sliced(at, length);
            at += length;
            expect = Expect::Colon;
            break;
        }
        case Expect::Value:
        case Expect::ValueOrEnd:
            if (expect == Expect::ValueOrEnd)
                newLine();
            if (c == '{' || c == '[') {
                open += c;
                out += c;
                ++at;
                expect = c == '{' ? Expect::KeyOrEnd : Expect::ValueOrEnd;
                break;
            }
            const qsizetype length = scalarLength(text, at);
            if (length == 0)
                return std::nullopt;
            out += text.sliced(at, length);
            at += length;
            expect = open.isEmpty() ? Expect::Nothing : Expect::CommaOrEnd;
            break;
        }
    }
    if (expect != Expect::Nothing)
        return std::nullopt;
    return out;
}

} // namespace howdah::query
