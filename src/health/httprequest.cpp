// SPDX-License-Identifier: GPL-3.0-or-later
#include "health/httprequest.h"

#include "health/httptoken.h"

#include <algorithm>
#include <utility>

namespace howdah::health
{

namespace
{

constexpr qsizetype longestMethod = 16;

bool isPrintable(QByteArrayView word) // ASCII without the space
{
    return !word.isEmpty() && std::all_of(word.begin(), word.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

QByteArrayView withoutSpace(QByteArrayView value)
{
    const auto isSpace = [](char c) { return c == ' ' || c == '\t'; };
    while (!value.isEmpty() && isSpace(value.front()))
        value = value.sliced(1);
    while (!value.isEmpty() && isSpace(value.back()))
        value.chop(1);
    return value;
}

// "HTTP/1.1" is 1, "HTTP/1.0" is 0; -1: another version, -2: no version.
int minorOf(QByteArrayView version)
{
    const auto isDigit = [](char c) { return c >= '0' && c <= '9'; };
    if (version.size() != 8 || !version.startsWith("HTTP/") || !isDigit(version[5]) || version[6] != '.' || !isDigit(version[7]))
        return -2;
    return version[5] == '1' && version[7] <= '1' ? version[7] - '0' : -1;
}

HttpHead refused(int status)
{
    HttpHead head;
    head.state = HttpHead::State::Refused;
    head.status = status;
    return head;
}

struct Fields {
    HttpRequest &request;
    bool host = false, close = false;

    // 0, or the status that refuses it.
    int take(const QByteArray &name, QByteArrayView value)
    {
        if (name == "host") {
            if (std::exchange(host, true) || value.isEmpty())
                return 400;
            request.host = value.toByteArray().toLower();
        } else if (name == "content-length") {
            request.hasBody = request.hasBody || value != QByteArrayView("0");
        } else if (name == "transfer-encoding") {
            request.hasBody = true;
        } else if (name == "expect") {
            return 417;
        } else if (name == "connection") {
            const QByteArrayList words = value.toByteArray().toLower().split(',');
            close = close || std::any_of(words.cbegin(), words.cend(), [](const QByteArray &word) { return word.trimmed() == "close"; });
        } else if (name == "authorization") {
            return once(request.authorization, value);
        } else if (name == "origin") {
            return once(request.origin, value);
        } else if (name == "accept") {
            request.accept += (request.accept.isEmpty() ? "" : ",") + value.toByteArray();
        }
        return 0;
    }

    static int once(QByteArray &field, QByteArrayView value)
    {
        if (!field.isEmpty())
            return 400;
        field = value.toByteArray();
        return 0;
    }
};

} // namespace

HttpHead readHead(QByteArrayView bytes, const HttpLimits &limits)
{
    static constexpr QByteArrayView lineEnd("\r\n");
    const qsizetype end = bytes.indexOf("\r\n\r\n");
    if (end < 0 && bytes.size() <= limits.headBytes)
        return !bytes.isEmpty() && !isToken(bytes.first(1)) ? refused(400) : HttpHead(); // TLS, for one, is told at once
    if (end < 0 || end + 4 > limits.headBytes)
        return refused(431);

    HttpHead head;
    QByteArrayView rest = bytes.first(end + lineEnd.size());
    const auto nextLine = [&rest] {
        const qsizetype at = rest.indexOf(lineEnd);
        const QByteArrayView line = rest.first(at);
        rest = rest.sliced(at + lineEnd.size());
        return line;
    };

    const QByteArrayView line = nextLine();
    const qsizetype first = line.indexOf(' '), last = line.lastIndexOf(' ');
    if (first < 0 || last <= first)
        return refused(400);
    const QByteArrayView method = line.first(first), target = line.sliced(first + 1, last - first - 1);
    const int minor = minorOf(line.sliced(last + 1));
    if (!isToken(method) || method.size() > longestMethod || !isPrintable(target) || minor == -2)
        return refused(400);
    if (minor == -1)
        return refused(505);
    head.request.method = method.toByteArray();
    const qsizetype mark = target.indexOf('?');
    head.request.path = (mark < 0 ? target : target.first(mark)).toByteArray();
    head.request.query = mark < 0 ? QByteArray() : target.sliced(mark + 1).toByteArray();

    Fields fields{head.request};
    for (int count = 0; !rest.isEmpty(); ++count) {
        if (count == limits.headers)
            return refused(431);
        const QByteArrayView field = nextLine();
        const qsizetype colon = field.indexOf(':');
        // A name with a space before its colon, and a folded line, mean different things to different readers.
        if (colon < 0 || !isToken(field.first(colon)) || !isFieldValue(field.sliced(colon + 1)))
            return refused(400);
        if (const int status = fields.take(field.first(colon).toByteArray().toLower(), withoutSpace(field.sliced(colon + 1))))
            return refused(status);
    }
    if (minor == 1 && !fields.host)
        return refused(400);
    head.request.keepAlive = minor == 1 && !fields.close && !head.request.hasBody;
    head.size = end + 4;
    head.state = HttpHead::State::Complete;
    return head;
}

} // namespace howdah::health
