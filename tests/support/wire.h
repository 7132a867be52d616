// SPDX-License-Identifier: GPL-3.0-or-later
// The server's half of PostgreSQL's protocol 3.0, message by message, right or wrong: #include "support/wire.h".
#pragma once

#include <QByteArray>
#include <QByteArrayList>

#include <optional>
#include <utility>
#include <vector>

namespace howdah::test::wire
{

QByteArray int16(int number);
QByteArray int32(qint64 number);
QByteArray text(const QByteArray &bytes); // with its NUL

QByteArray head(char type, qint64 length); // of a message that says it is so long, its length field included
QByteArray message(char type, const QByteArray &body = {});

QByteArray authentication(int method, const QByteArray &more = {});
QByteArray parameter(const QByteArray &name, const QByteArray &value);
QByteArray backendKey(int pid = 4242, int key = 4711);
QByteArray ready(char transaction = 'I');

using Fields = std::vector<std::pair<char, QByteArray>>; // {'S', "ERROR"}, {'C', "42601"}, {'M', "…"}
QByteArray error(const Fields &fields);
QByteArray notice(const QByteArray &words);
QByteArray notification(const QByteArray &channel, const QByteArray &payload);

QByteArray columns(const QByteArrayList &names); // RowDescription, all of type text
QByteArray row(const std::vector<std::optional<QByteArray>> &cells);
QByteArray complete(const QByteArray &tag);

// ParseComplete and BindComplete: what stands before the answer to a statement of the extended protocol.
QByteArray taken();

} // namespace howdah::test::wire
