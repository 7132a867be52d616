// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/wire.h"

#include <QtEndian>

namespace howdah::test::wire
{

QByteArray int16(int number)
{
    QByteArray bytes(2, '\0');
    qToBigEndian(quint16(number), bytes.data());
    return bytes;
}

QByteArray int32(qint64 number)
{
    QByteArray bytes(4, '\0');
    qToBigEndian(quint32(number), bytes.data());
    return bytes;
}

QByteArray text(const QByteArray &bytes)
{
    return bytes + '\0';
}

QByteArray head(char type, qint64 length)
{
    return QByteArray(1, type) + int32(length);
}

QByteArray message(char type, const QByteArray &body)
{
    return head(type, body.size() + 4) + body;
}

QByteArray authentication(int method, const QByteArray &more)
{
    return message('R', int32(method) + more);
}

QByteArray parameter(const QByteArray &name, const QByteArray &value)
{
    return message('S', text(name) + text(value));
}

QByteArray backendKey(int pid, int key)
{
    return message('K', int32(pid) + int32(key));
}

QByteArray ready(char transaction)
{
    return message('Z', QByteArray(1, transaction));
}

static QByteArray fieldList(const Fields &fields)
{
    QByteArray body;
    for (const auto &[code, value] : fields)
        body += code + text(value);
    return body + '\0';
}

QByteArray error(const Fields &fields)
{
    return message('E', fieldList(fields));
}

QByteArray notice(const QByteArray &words)
{
    return message('N', fieldList({{'S', "NOTICE"}, {'V', "NOTICE"}, {'C', "00000"}, {'M', words}}));
}

QByteArray notification(const QByteArray &channel, const QByteArray &payload)
{
    return message('A', int32(4242) + text(channel) + text(payload));
}

QByteArray columns(const QByteArrayList &names)
{
    constexpr int textOid = 25;
    QByteArray body = int16(int(names.size()));
    for (const QByteArray &name : names)
        body += text(name) + int32(0) + int16(0) + int32(textOid) + int16(-1) + int32(-1) + int16(0);
    return message('T', body);
}

QByteArray row(const std::vector<std::optional<QByteArray>> &cells)
{
    QByteArray body = int16(int(cells.size()));
    for (const auto &cell : cells)
        body += cell ? int32(cell->size()) + *cell : int32(-1);
    return message('D', body);
}

QByteArray complete(const QByteArray &tag)
{
    return message('C', text(tag));
}

QByteArray taken()
{
    return message('1') + message('2');
}

} // namespace howdah::test::wire
